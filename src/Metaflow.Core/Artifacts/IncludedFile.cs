using Metaflow.Serialization;

namespace Metaflow.Artifacts;

/// <summary>What is stored of an included file: where its content is and how it is read.</summary>
/// <param name="Url">Where the content is, such as <c>local:///project/.metaflow/data/MyFlow/…</c>.</param>
/// <param name="IsText">Whether the content is a text rather than bytes.</param>
/// <param name="Encoding">The encoding of a text; <see langword="null"/> means UTF-8, or that the file is not text.</param>
/// <param name="Size">The length of the content in bytes; <see langword="null"/> in old runs, which did not record it.</param>
/// <remarks>On disk it is Python Metaflow's <c>IncludedFile</c>, so that Python's client shows the content in its place.</remarks>
internal sealed record IncludedFile(string Url, bool IsText, string? Encoding, long? Size) : IPythonForm<IncludedFile>, ISizedForm
{
    private const string Module = "metaflow.includefile";

    /// <summary>Gets how the content is kept: <c>uploader-v2</c> (the default), <c>uploader-v1</c> or <c>external</c>.</summary>
    public string Type { get; init; } = "uploader-v2";

    /// <summary>Gets whether the content was uploaded with the run (<c>uploaded</c>, the default; it is in gzip) or was there before
    /// (<c>external</c>; it is as it is).</summary>
    public string SubType { get; init; } = "uploaded";

    /// <summary>Gets the note that Python Metaflow writes for readers who see the raw data.</summary>
    public string? Note { get; init; } = "Internal representation of IncludeFile";

    long ISizedForm.Size => Size ?? 0;

    /// <summary>Refuses a file that no step could read as the text that it is declared to be.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <exception cref="Errors.StorageException">It has more characters than a text may have (MF4012), or its encoding is not known
    /// (MF4014).</exception>
    public void RequireReadable(ReadOnlySpan<byte> content) => IncludedContent.RequireReadable(this, content);

    /// <inheritdoc/>
    public static IncludedFile? FromPython(PythonObject stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (stored is not { Module: Module, Name: nameof(IncludedFile) }
            || stored.Fields.GetValueOrDefault("_descriptor") is not { } descriptor)
        {
            return null;
        }

        var fields = new PythonObject(Module, "descriptor", [], descriptor).Fields;
        if (fields.GetValueOrDefault("url") is not string url)
        {
            return null;
        }

        var type = fields.GetValueOrDefault("type") as string ?? "external";
        return new IncludedFile(
            url,
            fields.GetValueOrDefault("is_text") is not false,
            fields.GetValueOrDefault("encoding") as string,
            fields.GetValueOrDefault("size") as long?)
        {
            Type = type,
            SubType = fields.GetValueOrDefault("sub-type") as string ?? (type == "external" ? "external" : "uploaded"),
            Note = fields.GetValueOrDefault("note") as string,
        };
    }

    /// <inheritdoc/>
    public PythonObject ToPython()
    {
        var descriptor = new Dictionary<object, object?> { ["type"] = Type, ["url"] = Url, ["is_text"] = IsText, ["encoding"] = Encoding };
        if (Note is not null)
        {
            descriptor["note"] = Note;
        }

        // The first version of the form had neither of these.
        if (Type == "uploader-v2")
        {
            descriptor["sub-type"] = SubType;
            descriptor["size"] = Size;
        }

        return new PythonObject(
            Module, nameof(IncludedFile), [], new Dictionary<object, object?> { ["_descriptor"] = descriptor, ["_cached_size"] = null });
    }
}
