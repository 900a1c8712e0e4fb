package io.github.eventbuffer.internal;

/**
 * Why an event is not sent any more.
 *
 * @param code the endpoint's, or one of this library's in lower case
 * @param message for people
 */
record Refusal(String code, String message) {}
