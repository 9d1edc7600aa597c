package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is waited for, and what is not. */
class LockWaitTest {
  private final List<String> told = new ArrayList<>();

  private static LaunchException inUse(String who) {
    return new LaunchException(LaunchException.Kind.OVERLAY_IN_USE, who);
  }

  private Object attempt(Duration limit, LaunchException... refusals) {
    Deque<LaunchException> left = new ArrayDeque<>(List.of(refusals));
    return new LockWait(limit, told::add)
        .until(
            () -> {
              if (!left.isEmpty()) {
                throw left.pop();
              }
              return "plan";
            });
  }

  @Test
  void holderIsNamedOnceAndWaitedFor() {
    assertThat(attempt(Duration.ofMinutes(10), inUse("anna has it"), inUse("anna has it")))
        .isEqualTo("plan");
    assertThat(told).containsExactly("anna has it\n  Waits until it is free, at most 10 min.");
  }

  @Test
  void whenTheTimeIsOverItIsRefusedAsEver() {
    LaunchException[] many = new LaunchException[20];
    java.util.Arrays.fill(many, inUse("anna has it"));
    assertThatThrownBy(() -> attempt(Duration.ofMillis(20), many)).isSameAs(many[0]);
  }

  @Test
  void nothingElseIsWaitedFor() {
    LaunchException missing =
        new LaunchException(LaunchException.Kind.OVERLAY_UNUSABLE, "there is no such file");
    assertThatThrownBy(() -> attempt(Duration.ofMinutes(10), missing)).isSameAs(missing);
    assertThat(told).isEmpty();
  }
}
