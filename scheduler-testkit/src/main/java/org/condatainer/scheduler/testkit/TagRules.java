package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Outcome;
import org.junit.jupiter.api.Test;

/** Rule 7: every job carries its tag, and is found by it. */
interface TagRules {
  int LONGEST_TAG = 900;

  Bench bench();

  @Test
  default void rule7_aJobIsFoundByItsTagInOneLook() {
    String tag = Bench.freshTag();
    JobId id = lasting(tag);
    lasting(Bench.freshTag());
    bench().ran().clear();
    assertThat(bench().scheduler().live(JobFilter.tagged(tag)))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.id()).isEqualTo(id);
              assertThat(job.tag().orElse("")).contains(tag);
            });
    assertThat(bench().ran()).hasSizeLessThanOrEqualTo(2);
    assertThat(bench().query(id).tag().orElse("")).as("the tag in a query").contains(tag);
  }

  @Test
  default void rule7_theLongestTagIsKept() {
    StringBuilder tag = new StringBuilder(Bench.freshTag() + ";ABC=x,y.z-");
    while (tag.length() < LONGEST_TAG) {
      tag.append((char) ('a' + tag.length() % 26));
    }
    JobId id = lasting(tag.toString());
    assertThat(bench().scheduler().live(JobFilter.tagged(tag.toString())))
        .extracting(JobSnapshot::id)
        .containsExactly(id);
  }

  @Test
  default void rule7_theTagIsAddedToTheUsersComment() {
    JobRequest request = bench().request().toBuilder().comment("my own; |words|").build();
    String tag = Bench.freshTag();
    boolean hasComments =
        bench().dialect().render(request).parts().stream()
            .anyMatch(
                part -> part.part() == RequestPart.COMMENT && part.outcome() == Outcome.TRANSLATED);
    JobId id = bench().submit(bench().scheduler(), bench().lasting(request, tag));
    assertThat(bench().query(id).tag().orElse("")).contains(tag);
    if (hasComments) {
      assertThat(bench().query(id).tag().orElse("")).contains("my own; |words|");
    }
  }

  @Test
  default void rule7_livingJobsAreListedByTheirOwnerAndEndedOnesAreNot() {
    JobId id = lasting(Bench.freshTag());
    JobId ended = bench().submit("true");
    bench().awaitEnd(ended);
    assertThat(bench().scheduler().live(JobFilter.ownedBy(bench().laboratory().user())))
        .extracting(JobSnapshot::id)
        .contains(id)
        .doesNotContain(ended);
    assertThat(bench().scheduler().live(JobFilter.ownedBy("nobody")))
        .extracting(JobSnapshot::id)
        .doesNotContain(id);
  }

  private JobId lasting(String tag) {
    return bench().submit(bench().scheduler(), bench().lasting(bench().request(), tag));
  }
}
