package io.github.eventbuffer.adcp;

import org.jspecify.annotations.Nullable;

/**
 * The JSON-RPC response to one request.
 *
 * @param isRpcError whether the request failed before it came to a tool
 * @param isToolError whether the tool says that it failed
 * @param code of the JSON-RPC error; 0 if there is none
 * @param words of the error, or the first text of the result; not fit for logs
 * @param agreedVersion of MCP, in the answer to {@code initialize}; else empty
 * @param payload the result, or what came with the error, as one JSON object; null if there is none
 */
record McpMessage(
    boolean isRpcError,
    boolean isToolError,
    long code,
    String words,
    String agreedVersion,
    byte @Nullable [] payload) {}
