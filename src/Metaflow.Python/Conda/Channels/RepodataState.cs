using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Python.Conda.Channels;

/// <summary>What is known of a kept list.</summary>
internal sealed record RepodataState
{
    /// <summary>Gets the address of the platform's packages.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the name of the file that was fetched.</summary>
    public required string FileName { get; init; }

    /// <summary>Gets how the content is named on this machine.</summary>
    public required string Content { get; init; }

    /// <summary>Gets the server's mark of the content, or <see langword="null"/>.</summary>
    public string? ETag { get; init; }

    /// <summary>Gets when the server says that the content changed, as the server wrote it, or <see langword="null"/>.</summary>
    public string? LastModified { get; init; }

    /// <summary>Gets when the server was last asked.</summary>
    public DateTimeOffset Checked { get; init; }

    /// <summary>Reads what is known of a list.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What is known; <see langword="null"/> if there is no such file or it cannot be read.</returns>
    public static RepodataState? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RepodataStateJson.Default.RepodataState) : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            // The list is fetched again.
            return null;
        }
    }

    /// <summary>Writes what is known of a list, beside the file and renamed.</summary>
    /// <param name="path">The file.</param>
    public void Write(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, RepodataStateJson.Default.RepodataState));
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>Writes and reads <see cref="RepodataState"/>.</summary>
[JsonSerializable(typeof(RepodataState))]
internal sealed partial class RepodataStateJson : JsonSerializerContext;
