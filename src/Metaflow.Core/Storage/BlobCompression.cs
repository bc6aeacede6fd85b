using System.Buffers;
using System.IO.Compression;

namespace Metaflow.Storage;

/// <summary>Packs payloads with gzip level 3, large ones in parallel.</summary>
internal static class BlobCompression
{
    private const int Level = 3;

    // A large payload is a chain of gzip members of this size, each compressed by a thread of its own; every gzip reader joins them.
    private const int MemberSize = 4 << 20;
    private const long ParallelFrom = 8L << 20;

    // Eight compress faster than disks and networks take it, and each needs some megabytes.
    private const int MostProcessors = 8;
    private const int SampleParts = 4;
    private const int SamplePart = 16 << 10;

    // Below this a sample says little, and a wrong guess costs little.
    private const int SmallestSampled = 4 << 10;

    // Random doubles shrink to 94 %, at 45 MiB a second, while a disk takes them at hundreds: what gains less than a quarter is stored as
    // it is.
    private const double LargestWorthwhile = 0.75;

    private static readonly ZLibCompressionOptions Options = new() { CompressionLevel = Level };

    /// <summary>Gets how many parts of a payload are compressed at the same time.</summary>
    public static int MembersAtOnce => Math.Min(Environment.ProcessorCount, MostProcessors) + 1;

    /// <summary>Gets the member that ends a payload of whole members.</summary>
    public static ReadOnlySpan<byte> EmptyMember => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Returns true if compressing pays, from a sample of the payload's beginning, end and places between: a header, or room
    /// that is still empty, says nothing of the rest.</summary>
    /// <param name="payload">The payload.</param>
    /// <returns><see langword="false"/> when the sample does not shrink by a quarter, as random numbers and images do not.</returns>
    public static bool Pays(ReadOnlySequence<byte> payload)
    {
        if (payload.Length < SmallestSampled)
        {
            return true;
        }

        using var sample = new MemoryStream();
        var length = Sample(payload, sample);
        return sample.Length <= LargestWorthwhile * length;
    }

    /// <summary>Writes a payload as gzip.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Receives the bytes.</param>
    public static void Write(ReadOnlySequence<byte> payload, Stream target) => Write(payload, target, static part => part);

    /// <summary>Writes a payload as gzip.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="take">Returns the bytes of a part to compress; of <see cref="MembersAtOnce"/> parts at the same time.</param>
    public static void Write(
        ReadOnlySequence<byte> payload, Stream target, Func<ReadOnlySequence<byte>, ReadOnlySequence<byte>> take)
    {
        if (payload.Length <= ParallelFrom)
        {
            WriteMember(take(payload), target);
            return;
        }

        // The memory of a member is used again: that of all of them would be as much as the payload, until it is collected.
        var running = new Queue<Task<MemoryStream>>();
        MemoryStream? free = null;
        for (long start = 0; start < payload.Length; start += MemberSize)
        {
            if (running.Count == MembersAtOnce)
            {
                free = Emit(running.Dequeue(), target);
            }

            var member = take(payload.Slice(start, Math.Min(MemberSize, payload.Length - start)));
            var bytes = free ?? new MemoryStream(MemberSize / 2);
            running.Enqueue(Task.Run(() => Compress(member, bytes)));
        }

        while (running.TryDequeue(out var member))
        {
            Emit(member, target).Dispose();
        }

        if (LastMemberLength(payload.Length) == 0)
        {
            target.Write(EmptyMember);
        }
    }

    /// <summary>Returns what the length field of the last member must contain in a gzip blob that Metaflow wrote. Only the last member of
    /// a payload is shorter than the others, so that a file cut off between two members shows it.</summary>
    /// <param name="length">The payload's length.</param>
    /// <returns>The length of the last member.</returns>
    public static long LastMemberLength(long length) => length <= ParallelFrom ? length : length % MemberSize;

    private static long Sample(ReadOnlySequence<byte> payload, Stream target)
    {
        if (payload.Length <= SampleParts * SamplePart)
        {
            WriteMember(payload, target);
            return payload.Length;
        }

        using var gzip = new GZipStream(target, Options, leaveOpen: true);
        for (var part = 0; part < SampleParts; part++)
        {
            foreach (var segment in payload.Slice((payload.Length - SamplePart) * part / (SampleParts - 1), SamplePart))
            {
                gzip.Write(segment.Span);
            }
        }

        return SampleParts * SamplePart;
    }

    private static MemoryStream Emit(Task<MemoryStream> member, Stream target)
    {
        var bytes = member.GetAwaiter().GetResult();
        bytes.WriteTo(target);
        return bytes;
    }

    private static MemoryStream Compress(ReadOnlySequence<byte> payload, MemoryStream bytes)
    {
        bytes.SetLength(0);
        WriteMember(payload, bytes);
        return bytes;
    }

    private static void WriteMember(ReadOnlySequence<byte> payload, Stream target)
    {
        if (payload.IsEmpty)
        {
            // GZipStream writes nothing at all for nothing, which is not a gzip file.
            target.Write(EmptyMember);
            return;
        }

        using var gzip = new GZipStream(target, Options, leaveOpen: true);
        foreach (var segment in payload)
        {
            gzip.Write(segment.Span);
        }
    }
}
