using Metaflow.Artifacts;
using Metaflow.Naming;

namespace Metaflow.Verification;

/// <summary>Which blobs the attempts of a flow refer to.</summary>
internal sealed class BlobReferences
{
    private readonly Dictionary<string, BlobReference> _byKey = new(StringComparer.Ordinal);

    /// <summary>Gets the references by the blobs' keys.</summary>
    public IReadOnlyDictionary<string, BlobReference> ByKey => _byKey;

    /// <summary>Adds the artifacts of an attempt.</summary>
    /// <param name="list">The path of their list.</param>
    /// <param name="areParameters">Whether they are parameters, of which an early version did not record which are files.</param>
    /// <param name="records">The artifacts.</param>
    public void Add(string list, bool areParameters, IEnumerable<ArtifactRecord> records)
    {
        foreach (var record in records)
        {
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
    /// <param name="key">The blob's key.</param>
    public void Add(string path, string key)
    {
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
