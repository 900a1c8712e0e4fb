/**
 * The {@code log-event} transport: one batch, one HTTP request, one outcome.
 *
 * <pre>
 *  deliver → LogEventCall → HttpEndpoint → AnswerParser → ResponseReader → DeliveryResult
 * </pre>
 *
 * Nothing here retries and nothing here commits. A batch counts as delivered only when the endpoint
 * answered with a 2xx status and a body that is understood in full; every doubt is an {@link
 * io.github.eventbuffer.DeliveryResult.Unavailable}, after which the buffer sends the same batch
 * again.
 */
@NullMarked
package io.github.eventbuffer.interchange;

import org.jspecify.annotations.NullMarked;
