package org.condatainer.scheduler.lsf;

import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;

/** Which part of a request an option of bsub asks for. */
final class LsfParts {
  private LsfParts() {}

  /** The part of an option as a whole; {@code -R}, {@code -J} and {@code -gpu} have several. */
  static RequestPart of(String option) {
    return switch (option) {
      case "J" -> RequestPart.NAME;
      case "q" -> RequestPart.QUEUE;
      case "P" -> RequestPart.ACCOUNT;
      case "sla" -> RequestPart.QOS;
      case "W" -> RequestPart.WALLTIME;
      case "n" -> RequestPart.TASKS;
      case "nnodes" -> RequestPart.NODES;
      case "M" -> RequestPart.MEMORY;
      case "gpu" -> RequestPart.GPUS;
      case "x" -> RequestPart.EXCLUSIVE;
      case "o", "oo" -> RequestPart.OUTPUT;
      case "e", "eo" -> RequestPart.ERROR;
      case "i", "is" -> RequestPart.INPUT;
      case "cwd" -> RequestPart.WORKING_DIRECTORY;
      case "w" -> RequestPart.DEPENDENCIES;
      case "H" -> RequestPart.HOLD;
      case "b" -> RequestPart.BEGIN;
      case "r", "rn" -> RequestPart.REQUEUE;
      case "Jd" -> RequestPart.COMMENT;
      case "B", "N", "Ne", "u" -> RequestPart.MAIL;
      case "env" -> RequestPart.ENVIRONMENT;
      default -> RequestPart.NATIVE;
    };
  }

  static DirectivePart whole(BsubDirective.Given option, RequestPart part) {
    return new DirectivePart(option.line(), option.column(), option.text(), part);
  }

  /** A piece of an option's value that begins {@code offset} characters after its first. */
  static DirectivePart piece(
      BsubDirective.Given option, int offset, String text, RequestPart part) {
    return new DirectivePart(option.line(), option.valueColumn() + offset, text, part);
  }
}
