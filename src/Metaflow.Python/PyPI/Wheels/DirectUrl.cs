using System.Text;
using System.Text.Json;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Where a package came from that no index chose (PEP 610), as <c>direct_url.json</c> has it.</summary>
/// <param name="Url">The address, without credentials.</param>
internal sealed record DirectUrl(string Url)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "direct_url.json";

    /// <summary>Gets the folder of the package in its source; <see langword="null"/>, the default, for the top.</summary>
    public string? Subdirectory { get; init; }

    /// <summary>Gets the kind of version control, such as <c>git</c>; <see langword="null"/>, the default, if there is none.</summary>
    public string? VersionControl { get; init; }

    /// <summary>Gets the commit. The default is <see langword="null"/>.</summary>
    public string? Commit { get; init; }

    /// <summary>Gets the branch, tag or commit that was asked for. The default is <see langword="null"/>.</summary>
    public string? RequestedRevision { get; init; }

    /// <summary>Gets the SHA-256 of an archive. The default is <see langword="null"/>.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets whether the source is a folder of a machine. The default is no.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Gets whether the package is used where its source is. The default is no.</summary>
    public bool IsEditable { get; init; }

    /// <summary>Reads the text of <c>direct_url.json</c>, or the same object of a report of pip.</summary>
    /// <param name="json">The object.</param>
    /// <returns>What it says; <see langword="null"/> if it has no address.</returns>
    public static DirectUrl? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "url") is not { } url)
        {
            return null;
        }

        var control = Object(json, "vcs_info");
        var folder = Object(json, "dir_info");
        return new DirectUrl(url)
        {
            Subdirectory = Text(json, "subdirectory"),
            VersionControl = control is { } vcs ? Text(vcs, "vcs") : null,
            Commit = control is { } committed ? Text(committed, "commit_id") : null,
            RequestedRevision = control is { } revised ? Text(revised, "requested_revision") : null,
            Sha256 = Object(json, "archive_info") is { } archive ? HashOf(archive) : null,
            IsFolder = folder is not null,
            IsEditable = folder is { } editable && editable.TryGetProperty("editable", out var value)
                && value.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>Returns the text of <c>direct_url.json</c>.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            WriteInfo(writer);
            if (Subdirectory is not null)
            {
                writer.WriteString("subdirectory", Subdirectory);
            }

            writer.WriteString("url", Url);
            if (VersionControl is not null)
            {
                writer.WriteStartObject("vcs_info");
                WriteText(writer, "commit_id", Commit);
                WriteText(writer, "requested_revision", RequestedRevision);
                writer.WriteString("vcs", VersionControl);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(ToBytes());

    private void WriteInfo(Utf8JsonWriter writer)
    {
        if (VersionControl is not null)
        {
            return;
        }

        if (IsFolder)
        {
            writer.WriteStartObject("dir_info");
            if (IsEditable)
            {
                writer.WriteBoolean("editable", true);
            }

            writer.WriteEndObject();
            return;
        }

        writer.WriteStartObject("archive_info");
        if (Sha256 is not null)
        {
            writer.WriteString("hash", "sha256=" + Sha256);
            writer.WriteStartObject("hashes");
            writer.WriteString("sha256", Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    // The former form has one hash as text.
    private static string? HashOf(JsonElement archive)
    {
        const string Former = "sha256=";
        return (Object(archive, "hashes") is { } hashes ? Text(hashes, "sha256") : null)
            ?? (Text(archive, "hash") is { } hash && hash.StartsWith(Former, StringComparison.Ordinal) ? hash[Former.Length..] : null);
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Object(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
