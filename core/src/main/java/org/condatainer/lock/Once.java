package org.condatainer.lock;

import java.util.Optional;
import java.util.function.Supplier;

/** What is found out when it is first asked for, and kept. For one thread. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> question;
  private Optional<T> answer = Optional.empty();

  private Once(Supplier<T> question) {
    this.question = question;
  }

  static <T> Supplier<T> of(Supplier<T> question) {
    return new Once<>(question);
  }

  @Override
  public T get() {
    answer = answer.isPresent() ? answer : Optional.of(question.get());
    return answer.get();
  }
}
