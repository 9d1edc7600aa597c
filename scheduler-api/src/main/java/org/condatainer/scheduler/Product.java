package org.condatainer.scheduler;

/**
 * Products of numbers that a user wrote, such as the memory of all tasks. One that cannot be
 * counted is refused: what is left of it would be another request, or none.
 */
public final class Product {
  private Product() {}

  /**
   * The product.
   *
   * @throws SchedulerException of kind {@link Failure.Kind#INVALID_REQUEST} if it is above 2^63 - 1
   */
  public static long of(long one, long other) {
    try {
      return Math.multiplyExact(one, other);
    } catch (ArithmeticException e) {
      throw tooLarge(one, other);
    }
  }

  /**
   * The product of two counts.
   *
   * @throws SchedulerException of kind {@link Failure.Kind#INVALID_REQUEST} if it is above 2^31 - 1
   */
  public static int of(int one, int other) {
    try {
      return Math.multiplyExact(one, other);
    } catch (ArithmeticException e) {
      throw tooLarge(one, other);
    }
  }

  private static SchedulerException tooLarge(long one, long other) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.INVALID_REQUEST,
            "the request asks for "
                + one
                + " times "
                + other
                + ", which is more than can be counted",
            "",
            ""));
  }
}
