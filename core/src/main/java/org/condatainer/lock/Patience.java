package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.condatainer.overlay.OverlayException;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.SchedulerException;

/** Asks several sources at once, and waits for all of them together no longer than agreed. */
final class Patience {
  private final ExecutorService threads;
  private final Duration limit;
  private final long start = System.nanoTime();

  Patience(ExecutorService threads, Duration limit) {
    this.threads = threads;
    this.limit = limit;
  }

  /** A question to a source. */
  interface Question<T> {
    T ask() throws IOException;
  }

  /** A source that was asked. */
  final class Waiting<T> {
    private final String source;
    private final Future<Answer<T>> future;

    private Waiting(String source, Future<Answer<T>> future) {
      this.source = source;
      this.future = future;
    }

    /** Its answer, waited for until the time of all is over. */
    Answer<T> answer() {
      return answerWithin(limit);
    }

    /** Its answer, waited for until this long after the first question. */
    Answer<T> answerWithin(Duration time) {
      long left = Math.min(time.toNanos(), limit.toNanos()) - (System.nanoTime() - start);
      try {
        return future.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return new Answer.Unavailable<>(source + " gave no answer in time");
      } catch (ExecutionException e) {
        return new Answer.Unavailable<>(source + ": " + e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Answer.Unavailable<>(source + ": interrupted");
      }
    }
  }

  /** How much time is left, at least a second. */
  Duration left() {
    Duration left = limit.minusNanos(System.nanoTime() - start);
    return left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left;
  }

  <T> Waiting<T> ask(String source, Question<T> question) {
    return new Waiting<>(source, threads.submit(() -> now(question)));
  }

  /** What went wrong, for people. */
  static String words(IOException problem) {
    if (problem instanceof AccessDeniedException denied) {
      return "you may not read " + denied.getFile();
    }
    if (problem instanceof NoSuchFileException missing) {
      return "there is no file " + missing.getFile();
    }
    return SystemWords.of(problem);
  }

  /** Asks in this thread. */
  static <T> Answer<T> now(Question<T> question) {
    try {
      return new Answer.Said<>(question.ask());
    } catch (IOException e) {
      return new Answer.Unavailable<>(words(e));
    } catch (OverlayException | SchedulerException e) {
      return new Answer.Unavailable<>(e.getMessage());
    }
  }
}
