package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "512, 536870912",
    "500M, 524288000",
    "10G, 10737418240",
    "10g, 10737418240",
    "10GB, 10737418240",
    "10GiB, 10737418240",
    "' 10 G ', 10737418240",
    "1.5G, 1610612736",
    ".5K, 512",
    "2T, 2199023255552",
    "16384B, 16384",
    "0, 0",
    "0.3B, 1",
  })
  void readsWhatAUserWrites(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "G", "10X", "-1G", "1e3", "1..5G", ".", "10 G B", "10,5G"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.BAD_INPUT))
        .hasMessage(
            "\""
                + text
                + "\" is not a size; write for instance 500M, 10G or 1.5T"
                + " (a plain number counts MiB)");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1023, 1023 bytes",
    "1024, 1 KiB",
    "16777216, 16 MiB",
    "1610612736, 1.5 GiB",
    "10737418240, 10 GiB",
    "2199023255552, 2 TiB",
  })
  void isShownInTheLargestUnitThatFits(long bytes, String text) {
    assertThat(new ByteSize(bytes)).hasToString(text);
  }

  @Test
  void saysOfASizeWithoutBoundsThatItIsTooLarge() {
    assertThatThrownBy(() -> ByteSize.parse("99999999999T"))
        .hasMessage("\"99999999999T\" is larger than any file can be");
  }
}
