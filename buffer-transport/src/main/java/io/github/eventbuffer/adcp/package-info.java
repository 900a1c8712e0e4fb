/**
 * The way to a seller agent of AdCP, the Ad Context Protocol: {@code log_event} as a transport of
 * the buffer, and the tools around it for people and jobs.
 *
 * <pre>
 *  McpTransport.deliver → LogEventRequest ┐                                  ┌ LogEventReader → DeliveryResult
 *  AdcpClient → ToolRequest ──────────────┴→ McpConnection → McpCall ────────┴ JsonTree → records
 *                                               └ Session, made when the agent asks for one
 * </pre>
 *
 * JSON-RPC {@code tools/call} over MCP's streamable HTTP, by {@code java.net.http} alone (ADR
 * 0010). Nothing here retries and nothing here commits; only a request that the agent refused for
 * want of a session, and so did not look into, is sent again, once, with a session.
 */
@NullMarked
package io.github.eventbuffer.adcp;

import org.jspecify.annotations.NullMarked;
