using System.Text.Json;

namespace Metaflow.Gcp.Credentials;

/// <summary>A file of credentials, or a part of one.</summary>
/// <param name="path">The path, for errors.</param>
/// <param name="json">The JSON.</param>
internal sealed class CredentialFile(string path, JsonElement json)
{
    /// <summary>Gets the path.</summary>
    public string Path => path;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="Errors.ConfigurationException">It cannot be read (MF2081).</exception>
    public static CredentialFile Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CredentialErrors.Missing($"The file '{path}' cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads JSON.</summary>
    /// <param name="path">The path, for errors.</param>
    /// <param name="content">The JSON.</param>
    /// <exception cref="Errors.ConfigurationException">It is none (MF2081).</exception>
    public static CredentialFile Parse(string path, byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new CredentialFile(path, document.RootElement.Clone())
                : throw new JsonException("It is not an object.");
        }
        catch (JsonException error)
        {
            throw CredentialErrors.Missing($"The file '{path}' has no credentials in JSON: {error.Message}");
        }
    }

    /// <summary>Returns a text.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The text; <see langword="null"/> when it is missing.</returns>
    public string? Find(string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Returns a text that must be there.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="Errors.ConfigurationException">It is missing (MF2081).</exception>
    public string Text(string name) => Find(name) ?? throw CredentialErrors.Missing($"The file '{path}' has no '{name}'.");

    /// <summary>Returns an address.</summary>
    /// <param name="name">The name of the text that has it.</param>
    /// <param name="otherwise">The address where the file has none.</param>
    /// <exception cref="Errors.ConfigurationException">It is missing, or is none (MF2081).</exception>
    public Uri Address(string name, string? otherwise = null)
    {
        var text = Find(name) ?? otherwise ?? Text(name);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw CredentialErrors.Missing($"'{name}' of the file '{path}' is '{text}', which is not the address of a service.");
    }

    /// <summary>Returns a part.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The part; <see langword="null"/> when it is missing.</returns>
    public CredentialFile? Part(string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? new CredentialFile(path, value) : null;

    /// <summary>Returns all texts.</summary>
    public IEnumerable<(string Name, string Value)> Texts()
        => json.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String)
            .Select(static member => (member.Name, member.Value.GetString()!));

    /// <summary>Returns a list of texts as JSON.</summary>
    /// <param name="name">Its name.</param>
    public string ListAsJson(string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.GetRawText() : "[]";
}
