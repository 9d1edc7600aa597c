package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.state.ActionChain;

/**
 * The model finds mistakes in the rules of proof: each of a list of them does harm within the
 * histories that are tried at every build. A soak tries other histories: {@code
 * -Dcondatainer.model.seed=N}.
 */
final class ModelFindsTest {
  private static final int TRIES = 5000;
  private static final long SEED = Long.getLong("condatainer.model.seed", 4);

  @Property(generation = GenerationMode.EXHAUSTIVE)
  void eachBrokenRule(@ForAll("broken") BrokenRule rule) {
    Random random = new Random(SEED);
    Arbitrary<ActionChain<ModelWorld>> histories = ReleaseModelTest.histories(rule);
    RandomGenerator<ActionChain<ModelWorld>> generator = histories.generator(TRIES, false);
    int tried = 0;
    String harm = "";
    while (harm.isEmpty() && tried < TRIES) {
      tried++;
      ActionChain<ModelWorld> history = generator.next(random).value();
      harm = history.run().harm;
    }
    assertThat(harm).as(rule + ", in " + tried + " histories").isNotEmpty();
  }

  @Provide
  Arbitrary<BrokenRule> broken() {
    return Arbitraries.of(BrokenRule.all());
  }
}
