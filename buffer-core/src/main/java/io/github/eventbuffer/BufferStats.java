package io.github.eventbuffer;

/**
 * What became of the events, at one moment.
 *
 * <p>The first block is kept on disk and goes on over restarts: at every quiet moment, and in every
 * snapshot, {@code accepted = delivered + deadLettered + expired + dropped + damaged + pending}.
 * The second block counts since the buffer was opened; its appends include those of a {@linkplain
 * DeadLetters#replay replay}.
 *
 * @param accepted events in the queue, ever: those taken into safe keeping, and those whose append
 *     {@code FAILED} behind the write
 * @param delivered events that the endpoint acknowledged
 * @param deadLettered events that the endpoint refused for good; see {@link
 *     EventBuffer#deadLetters()}
 * @param expired events that became too old to send ({@code maxEventAge}); they are dead letters,
 *     but not counted as {@code deadLettered}
 * @param dropped events that {@link WhenFull#DROP_OLDEST} gave up
 * @param damaged events that could not be read back from a damaged disk
 * @param pending events still to be delivered, those in flight included
 * @param unattributed events within {@code delivered} that the endpoint says it did not process,
 *     without naming them
 * @param deadLettersDropped dead letters that were given up for newer ones since the buffer was
 *     opened; see {@link WhenDeadLettersFull}
 * @param duplicates appends answered with {@code DUPLICATE}
 * @param invalid appends answered with {@code INVALID}, also of dead letters that a replay's change
 *     left so
 * @param full appends answered with {@code FULL}
 * @param failed appends answered with {@code FAILED}
 * @param attempts requests made, for whole batches and for parts of them
 * @param retries requests made for a batch that had been tried before; the first one for a part of
 *     it, when the whole was refused or too large, is none
 * @param inFlightBatches batches that were cut and are not acknowledged
 * @param diskBytes what the open buffer takes on disk, allocated and unused segments included; less
 *     once it is closed
 */
public record BufferStats(
    long accepted,
    long delivered,
    long deadLettered,
    long expired,
    long dropped,
    long damaged,
    long pending,
    long unattributed,
    long deadLettersDropped,
    long duplicates,
    long invalid,
    long full,
    long failed,
    long attempts,
    long retries,
    int inFlightBatches,
    long diskBytes) {}
