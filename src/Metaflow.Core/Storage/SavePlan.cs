using System.Buffers;

namespace Metaflow.Storage;

/// <summary>What a <see cref="ContentAddressedStore"/> has to do to store payloads.</summary>
/// <param name="payloads">The payloads.</param>
/// <param name="isRaw">Whether they are stored as they are.</param>
internal sealed class SavePlan(IReadOnlyList<ReadOnlySequence<byte>> payloads, bool isRaw)
{
    /// <summary>Gets the payloads.</summary>
    public IReadOnlyList<ReadOnlySequence<byte>> Payloads { get; } = payloads;

    /// <summary>Gets a value indicating whether they are stored as they are, whatever compression would gain.</summary>
    public bool IsRaw { get; } = isRaw;

    /// <summary>Gets the keys, in the order of the payloads.</summary>
    public string[] Keys { get; } = new string[payloads.Count];

    /// <summary>Gets the keys that this store did not know of.</summary>
    public HashSet<string> Distinct { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the indexes of the payloads that are stored already.</summary>
    public List<int> Existing { get; } = [];

    /// <summary>Gets what is written.</summary>
    public List<BlobWrite> Writes { get; } = [];

    /// <summary>Gets or sets a value indicating whether something is written in place of a blob that is there, or was.</summary>
    public bool Replaces { get; set; }
}
