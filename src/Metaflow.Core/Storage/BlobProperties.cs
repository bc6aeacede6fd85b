using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>What a service keeps beside the bytes of an object: its type and texts. Beside a file it is in a hidden file.</summary>
/// <param name="ContentType">The type of the content, as HTTP names it.</param>
/// <param name="Metadata">The texts by their names in lower case.</param>
internal sealed record BlobProperties(string ContentType, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The type of objects of which nobody says what they are.</summary>
    public const string Bytes = "binary/octet-stream";

    /// <summary>The properties of objects of which nobody says anything.</summary>
    public static readonly BlobProperties None = new(Bytes, new Dictionary<string, string>());

    private const string CompanionEnd = ".metaflow-object";
    private const string TypeName = "content-type";

    /// <summary>Returns the path of the file beside a file.</summary>
    /// <param name="path">The path of the file, with <c>/</c>.</param>
    /// <returns>The path of the hidden file.</returns>
    public static string CompanionOf(string path)
        => path.LastIndexOf('/') + 1 is var start ? $"{path[..start]}.{path[start..]}{CompanionEnd}" : "";

    /// <summary>Returns true if a file is one that is beside another one.</summary>
    /// <param name="name">Its name without the folder.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsCompanion(string name) => name.StartsWith('.') && name.EndsWith(CompanionEnd, StringComparison.Ordinal);

    /// <summary>Reads the file that is beside a file.</summary>
    /// <param name="json">Its bytes; <see langword="null"/> where there is none.</param>
    /// <returns>The properties. None where the file is of another form, as another program may use the name.</returns>
    public static BlobProperties FromJson(byte[]? json)
    {
        if (json is null)
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var texts = document.RootElement.EnumerateObject().ToDictionary(
                static entry => entry.Name, static entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
            return new BlobProperties(texts.Remove(TypeName, out var type) ? type : Bytes, texts);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return None;
        }
    }

    /// <summary>Returns the bytes of the file that is beside a file.</summary>
    /// <returns>The JSON; <see langword="null"/> if there is nothing to keep.</returns>
    public byte[]? ToJson() => Metadata.Count == 0 && ContentType == Bytes ? null : RecordJson.Write(json =>
    {
        json.WriteString(TypeName, ContentType);
        foreach (var (name, text) in Metadata.OrderBy(static item => item.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, text);
        }
    });

    /// <summary>Returns true if an object has the same type and texts.</summary>
    /// <param name="other">What the other one has.</param>
    /// <returns>Whether it has.</returns>
    public bool IsSameAs(BlobProperties other)
        => ContentType == other.ContentType && Metadata.Count == other.Metadata.Count
            && Metadata.All(item => other.Metadata.GetValueOrDefault(item.Key) == item.Value);
}

/// <summary>A store that keeps types and texts with its objects.</summary>
internal interface IBlobPropertyStore
{
    /// <summary>Returns what is kept with objects. <see cref="BlobWrite.Properties"/> says what to keep.</summary>
    /// <param name="paths">The paths relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each path in order the properties, or <see langword="null"/> if there is no object.</returns>
    ValueTask<IReadOnlyList<BlobProperties?>> PropertiesAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken);
}
