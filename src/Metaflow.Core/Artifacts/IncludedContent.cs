using System.Globalization;
using System.Text;
using Metaflow.Errors;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Puts the content of an included file in the place of its descriptor.</summary>
internal static class IncludedContent
{
    private const string TypeName = "<class 'metaflow.includefile.IncludedFile'>";

    /// <summary>The sub-type of a file that was there before the run, and does not belong to its store.</summary>
    public const string ExternalFile = "external";

    /// <summary>Returns true if an artifact is an included file, as far as its record tells.</summary>
    /// <param name="record">The record.</param>
    /// <returns><see langword="null"/> when the record has no type.</returns>
    public static bool? Is(ArtifactRecord record) => record.TypeName is null ? null : record.TypeName == TypeName;

    /// <summary>Returns the descriptor that a plain value is.</summary>
    /// <param name="plain">The value.</param>
    /// <returns>The descriptor, or <see langword="null"/> when it is another value.</returns>
    public static IncludedFile? Descriptor(object? plain) => plain is PythonObject instance ? IncludedFile.FromPython(instance) : null;

    /// <summary>Loads the content.</summary>
    /// <param name="datastore">The flow's datastore.</param>
    /// <param name="file">The descriptor.</param>
    /// <param name="wanted">The type wanted: text and bytes are turned into each other, anything else gets what the descriptor
    /// says.</param>
    /// <returns>A text or bytes.</returns>
    public static object Load(FlowDatastore datastore, IncludedFile file, Type wanted)
        => Completion.Of(() => LoadAsync(datastore, file, wanted, CancellationToken.None));

    /// <summary>Loads the content.</summary>
    /// <param name="datastore">The flow's datastore.</param>
    /// <param name="file">The descriptor.</param>
    /// <param name="wanted">The type wanted, as of <see cref="Load"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A text or bytes.</returns>
    public static async ValueTask<object> LoadAsync(
        FlowDatastore datastore, IncludedFile file, Type wanted, CancellationToken cancellationToken)
    {
        var content = file.SubType == ExternalFile
            ? await datastore.LoadExternalAsync(file.Url, cancellationToken).ConfigureAwait(false)
            : await datastore.LoadFileAsync(file.Url, cancellationToken).ConfigureAwait(false);
        if (wanted == typeof(Stream))
        {
            return new MemoryStream(content, writable: false);
        }

        var isText = wanted == typeof(string) || (file.IsText && wanted != typeof(byte[]));
        return isText ? Decode(file, content) : content;
    }

    /// <summary>Refuses a file that no step could read as the text that it is declared to be.</summary>
    /// <param name="file">The descriptor.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="longest">The most characters.</param>
    /// <exception cref="StorageException">It has more (MF4012), its encoding is not known (MF4014), or bytes of it stand for no
    /// character.</exception>
    public static void RequireReadable(IncludedFile file, ReadOnlySpan<byte> content, int longest = PythonText.LongestText)
    {
        if (!file.IsText)
        {
            return;
        }

        var encoding = EncodingOf(file);
        if (content.Length > longest && PythonText.IsTooLong(content, encoding, longest))
        {
            throw TooLong(file, longest);
        }

        if (TextEncoding.WhyInvalid(encoding, content) is { } why)
        {
            throw Invalid(file, why);
        }
    }

    private static StorageException TooLong(IncludedFile file, int longest) => new(
        ErrorCodes.ArtifactTooLarge,
        $"The included file '{file.Url}' is too large to be read as text.",
        string.Create(CultureInfo.InvariantCulture, $"It has more than {longest} characters, the maximum of a .NET string."),
        "Declare the property as byte[], read the bytes: Get<byte[]>(\"…\"), or split the file.");

    private static string Decode(IncludedFile file, byte[] content)
    {
        try
        {
            var (encoding, mark) = TextEncoding.For(EncodingOf(file), content);
            return PythonText.IsTooLong(content, encoding)
                ? throw TooLong(file, PythonText.LongestText)
                : encoding.GetString(content, mark, content.Length - mark);
        }
        catch (DecoderFallbackException error)
        {
            throw Invalid(file, TextEncoding.WhyInvalid(EncodingOf(file), content) ?? error.Message, error);
        }
    }

    private static StorageException Invalid(IncludedFile file, string why, Exception? cause = null) => new(
        ErrorCodes.IncludedTextInvalid,
        $"The included file '{file.Url}' is not text in the encoding '{file.Encoding ?? "utf-8"}'.",
        $"{why} Metaflow does not guess characters.",
        "Name the encoding of the file, [IncludeFile(Encoding = \"utf-16\")] or \"windows-1252\", or save the file as UTF-8; "
            + "or declare the property as byte[], or read the bytes: Get<byte[]>(\"…\").",
        cause);

    private static Encoding EncodingOf(IncludedFile file) => TextEncoding.Find(file.Encoding ?? "utf-8") ?? throw new StorageException(
        ErrorCodes.TextEncodingUnknown,
        $"The included file '{file.Url}' cannot be read as text.",
        $"Its encoding '{file.Encoding}' is not known.",
        "Correct the name, for example 'utf-8', 'utf-16' or 'windows-1252'; for a run of another program, read the "
            + "bytes: Get<byte[]>(\"…\").");
}
