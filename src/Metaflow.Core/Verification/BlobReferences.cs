using Metaflow.Artifacts;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Which blobs the attempts of a flow refer to.</summary>
internal sealed class BlobReferences
{
    private readonly Dictionary<string, BlobReference> _byKey = new(StringComparer.Ordinal);

    /// <summary>Gets the references by the blobs' keys.</summary>
    public IReadOnlyDictionary<string, BlobReference> ByKey => _byKey;

    /// <summary>Gets a value indicating whether every record could be understood: else nobody can tell what nothing refers to.</summary>
    public bool KnowsAll { get; private set; } = true;

    /// <summary>Adds the artifacts of an attempt.</summary>
    /// <param name="list">The path of their list.</param>
    /// <param name="areParameters">Whether they are parameters, of which an early version did not record which are files.</param>
    /// <param name="records">The artifacts.</param>
    public void Add(string list, bool areParameters, IEnumerable<ArtifactRecord> records)
    {
        foreach (var record in records)
        {
            if (!BlobContent.IsKey(record.Key))
            {
                // The list is among the faults already.
                KnowsAll = false;
                continue;
            }

            var isFile = IncludedContent.Is(record) ?? areParameters;
            if (_byKey.TryGetValue(record.Key, out var known))
            {
                known.Count++;
                known.MayBeFile |= isFile;
            }
            else
            {
                _byKey.Add(record.Key, new BlobReference(list, record) { MayBeFile = isFile });
            }
        }
    }

    /// <summary>Adds a blob that a record names.</summary>
    /// <param name="path">The record.</param>
    /// <param name="key">The blob's key; empty if it names none.</param>
    /// <param name="isKnown">Whether the record can be understood.</param>
    public void Add(string path, string key, bool isKnown)
    {
        KnowsAll &= isKnown;
        if (key.Length > 0)
        {
            _byKey.TryAdd(key, new BlobReference(path, new ArtifactRecord("", key, 0, null, "")));
        }
    }
}

/// <summary>Those who refer to a blob.</summary>
/// <param name="first">The first record that names it.</param>
/// <param name="artifact">The artifact of that record; its name is empty for a code package.</param>
internal sealed class BlobReference(string first, ArtifactRecord artifact)
{
    /// <summary>Gets the artifact.</summary>
    public ArtifactRecord Artifact => artifact;

    /// <summary>Gets or sets how many artifacts have the blob.</summary>
    public int Count { get; set; } = 1;

    /// <summary>Gets or sets a value indicating whether it may describe an included file.</summary>
    public bool MayBeFile { get; set; }

    /// <summary>Gets who refers to the blob, for people.</summary>
    public string Who
        => (artifact.Name.Length == 0 ? $"'{first}'" : $"'{artifact.Name}' of '{first}'")
            + (Count > 1 ? $" and {AmountText.Count(Count - 1, "other artifact")}" : "");
}
