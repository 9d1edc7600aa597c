package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.junit.jupiter.api.Test;

class SharedTimeTest {
  private static final Command ASK = Command.of("ask").withTimeout(Duration.ofSeconds(60));

  private final AtomicLong now = new AtomicLong();
  private final List<Duration> given = new ArrayList<>();
  private final SharedTime time =
      new SharedTime(
          command -> {
            given.add(command.timeout());
            now.addAndGet(Duration.ofSeconds(25).toNanos());
            return new CommandResult(0, "", "");
          },
          now::get);

  private CommandException asked() {
    return catchThrowableOfType(CommandException.class, () -> time.run(ASK));
  }

  @Test
  void commandsOfOneQuestionShareItsTime() {
    time.within(
        Duration.ofSeconds(60),
        () -> {
          assertThat(asked()).isNull();
          assertThat(asked()).isNull();
          assertThat(asked()).isNull();
          assertThat(asked())
              .hasMessageContaining("ask was not asked any more")
              .extracting(CommandException::kind)
              .isEqualTo(CommandException.Kind.NOT_STARTED);
          return null;
        });
    assertThat(given)
        .containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(35), Duration.ofSeconds(10));
  }

  @Test
  void theNextQuestionHasItsOwnTimeAndNoQuestionHasTheCommands() {
    time.within(Duration.ofSeconds(10), this::asked);
    time.within(Duration.ofSeconds(10), this::asked);
    asked();
    assertThat(given)
        .containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(60));
  }
}
