package org.condatainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** How the states of parts make that of a whole. */
class JobStateTest {
  @Test
  void aPartThatIsNotKnownToHaveEndedDecidesOverAllThatHave() {
    List<JobState> open = new ArrayList<>();
    for (JobState.Phase phase : JobState.Phase.values()) {
      open.add(new JobState.Alive(phase, "word", ""));
    }
    open.add(new JobState.Absent("squeue"));
    open.add(new JobState.Unavailable("squeue: no answer"));
    for (JobState.Outcome outcome : JobState.Outcome.values()) {
      int ended = ended(outcome).rankInWhole();
      assertThat(open).allSatisfy(state -> assertThat(state.rankInWhole()).isLessThan(ended));
    }
  }

  @Test
  void aFailureOfOnePartDecidesOverTheSuccessOfTheRest() {
    for (JobState.Outcome outcome : JobState.Outcome.values()) {
      if (outcome != JobState.Outcome.SUCCEEDED) {
        assertThat(ended(outcome).rankInWhole())
            .isLessThan(ended(JobState.Outcome.SUCCEEDED).rankInWhole());
      }
    }
  }

  private static JobState ended(JobState.Outcome outcome) {
    return new JobState.Ended(
        outcome, "word", OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
  }
}
