using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Secrets;

/// <summary>A secret of a cloud as a source names it: <c>id</c>, or <c>id?option=value&amp;option=value</c>.</summary>
/// <remarks>Python Metaflow has the options in a dictionary beside the id. No cloud has names with question marks.</remarks>
internal sealed class SecretReference
{
    /// <summary>The option that names the variable of a secret that has one value.</summary>
    public const string NameOption = "env_var_name";

    /// <summary>The option that says whether the value is a JSON object, whose members become variables.</summary>
    public const string JsonOption = "json";

    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    private SecretReference(string backend, string id)
    {
        Backend = backend;
        Id = id;
    }

    /// <summary>Gets the name of the back end.</summary>
    public string Backend { get; }

    /// <summary>Gets what the cloud calls the secret.</summary>
    public string Id { get; }

    /// <summary>Gets the source as errors show it.</summary>
    public string Shown => $"{Backend}.{Id}";

    /// <summary>Gets what could not be done, as a sentence.</summary>
    public string NotRead => $"The secret '{Shown}' cannot be read.";

    /// <summary>Reads a reference.</summary>
    /// <param name="backend">The name of the back end.</param>
    /// <param name="text">The text of the source after the name of the back end.</param>
    /// <param name="options">The options that the back end has.</param>
    /// <exception cref="StepFailedException">MF3045: it has no id, or an option that cannot be.</exception>
    public static SecretReference Parse(string backend, string text, params ReadOnlySpan<string> options)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var secret = new SecretReference(backend, mark < 0 ? text : text[..mark]);
        if (secret.Id.Length == 0)
        {
            throw SecretErrors.NameInvalid(secret, "It names no secret.", $"Write '{backend}.' and the name of a secret.");
        }

        foreach (var option in mark < 0 ? [] : text[(mark + 1)..].Split('&'))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? option : option[..equals];
            if (equals < 0 || !options.Contains(name))
            {
                throw SecretErrors.NameInvalid(
                    secret,
                    equals < 0 ? $"Its option '{name}' has no value." : $"The back end '{backend}' has no option '{name}'.",
                    $"Write options as in '{backend}.name?{NameOption}=TOKEN'. There are: {string.Join(", ", options!)}.");
            }

            secret._options[name] = Uri.UnescapeDataString(option[(equals + 1)..]);
        }

        return secret;
    }

    /// <summary>Returns an option.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value; <see langword="null"/> when it is missing or empty.</returns>
    public string? Option(string name) => _options.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>Returns an option that says yes or no.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">The value when it is missing.</param>
    /// <exception cref="StepFailedException">MF3045: it says something else.</exception>
    public bool Flag(string name, bool otherwise) => Option(name)?.ToLowerInvariant() switch
    {
        null => otherwise,
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw SecretErrors.NameInvalid(
            this, $"Its option '{name}' is '{Option(name)}'.", $"Write {name}=true or {name}=false."),
    };
}
