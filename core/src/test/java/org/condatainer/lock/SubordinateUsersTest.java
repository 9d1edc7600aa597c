package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubordinateUsersTest {
  private static final String TABLE =
      "berta:100000:65536\nanna:165536:65536\n1001:300000:1\nanna:x:9\nanna\n";

  @ParameterizedTest
  @CsvSource({
    "165535, false",
    "165536, true",
    "231071, true",
    "231072, false",
    "300000, true",
    "300001, false",
    "1001, false",
    "-1, false",
  })
  void areThoseOfTheTableForThisUser(long uid, boolean expected) {
    assertThat(SubordinateUsers.of(TABLE, "anna", 1001).contain(uid)).isEqualTo(expected);
    assertThat(SubordinateUsers.of("", "anna", 1001).contain(uid)).isFalse();
  }
}
