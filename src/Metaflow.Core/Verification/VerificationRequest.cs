using Metaflow.Cleanup;

namespace Metaflow.Verification;

/// <summary>What to check.</summary>
internal sealed record VerificationRequest
{
    /// <summary>Gets the flow; <see langword="null"/>, the default, for all flows of the datastore.</summary>
    public string? Flow { get; init; }

    /// <summary>Gets a value indicating whether blobs and included files are read and compared with their hashes. The default is
    /// <see langword="false"/>: only their lengths are looked at.</summary>
    public bool ReadsContent { get; init; }

    /// <summary>Gets a value indicating whether to repair what can be repaired without losing anything. The default is
    /// <see langword="false"/>.</summary>
    public bool Repairs { get; init; }

    /// <summary>Gets how old a leftover must be, 1 day by default: a younger one may belong to a process that is at work.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The shortest <see cref="GracePeriod"/>.</summary>
    public static readonly TimeSpan ShortestGracePeriod = CollectionRequest.ShortestGracePeriod;
}

/// <summary>What there is of a flow, and its faults.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="Counts">What there is.</param>
/// <param name="Faults">The faults and leftovers, in the order of their paths.</param>
/// <param name="Notes">What was not looked at, and why; sentences.</param>
internal sealed record FlowVerification(
    string Flow, VerifiedCounts Counts, IReadOnlyList<DatastoreFault> Faults, IReadOnlyList<string> Notes);

/// <summary>How much there is of a flow.</summary>
internal sealed class VerifiedCounts
{
    /// <summary>Gets or sets how many runs there are.</summary>
    public int Runs { get; set; }

    /// <summary>Gets or sets how many tasks.</summary>
    public int Tasks { get; set; }

    /// <summary>Gets or sets how many attempts of tasks.</summary>
    public int Attempts { get; set; }

    /// <summary>Gets or sets how many of the attempts are complete.</summary>
    public int CompleteAttempts { get; set; }

    /// <summary>Gets or sets how many blobs and included files.</summary>
    public int Blobs { get; set; }

    /// <summary>Gets or sets how long they are, as stored.</summary>
    public long BlobBytes { get; set; }

    /// <summary>Gets or sets how many of them were read and compared with their hashes.</summary>
    public int ReadBlobs { get; set; }

    /// <summary>Gets or sets how many blobs an earlier repair moved away.</summary>
    public int Quarantined { get; set; }

    /// <summary>Adds what there is elsewhere.</summary>
    /// <param name="other">What there is.</param>
    public void Add(VerifiedCounts other)
    {
        Runs += other.Runs;
        Tasks += other.Tasks;
        Attempts += other.Attempts;
        CompleteAttempts += other.CompleteAttempts;
        Blobs += other.Blobs;
        BlobBytes += other.BlobBytes;
        ReadBlobs += other.ReadBlobs;
        Quarantined += other.Quarantined;
    }
}
