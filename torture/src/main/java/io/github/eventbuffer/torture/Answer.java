package io.github.eventbuffer.torture;

import io.github.eventbuffer.AppendResult;

/** What an append was answered with, by the names of the library's results. */
enum Answer {
  ACCEPTED('A'),
  DUPLICATE('D'),
  INVALID('I'),
  FULL('F'),
  FAILED('X');

  /** What stands for it in a record of the writer. */
  final byte code;

  Answer(char code) {
    this.code = (byte) code;
  }

  /** By the library's name for it; allocates nothing. */
  static Answer of(AppendResult.Status status) {
    return switch (status) {
      case ACCEPTED -> ACCEPTED;
      case DUPLICATE -> DUPLICATE;
      case INVALID -> INVALID;
      case FULL -> FULL;
      case FAILED -> FAILED;
    };
  }

  static Answer of(byte code) {
    for (Answer answer : values()) {
      if (answer.code == code) {
        return answer;
      }
    }
    throw new IllegalArgumentException("no answer is " + code);
  }
}
