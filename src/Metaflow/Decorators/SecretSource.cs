using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Secrets;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>One source of secrets: the back end and what it calls the secret.</summary>
/// <param name="Backend">The back end's name; <see langword="null"/> for the default one.</param>
/// <param name="Id">The secret.</param>
internal sealed record SecretSource(string? Backend, string Id)
{
    /// <summary>The back end of secrets that are written in the source itself.</summary>
    public const string Inline = "inline";

    private const string FromFile = "file";
    private const string FromEnvironment = "environment";

    /// <summary>Gets the names of the back ends that need no class.</summary>
    public static IReadOnlyList<string> FrameworkBackends { get; } = [FromEnvironment, FromFile, Inline];

    /// <summary>Gets the source as others may see it: what is written in the source itself is hidden, and all that may be.</summary>
    public string Shown => Backend switch
    {
        // Which back end it has says a variable, and only where it runs.
        null => Id.Contains('=', StringComparison.Ordinal) ? ShownInline : Id,
        Inline => $"{Inline}.{ShownInline}",
        _ => HasBackendName ? $"{Backend}.{Id}" : SecretMask.Shown,
    };

    /// <summary>Gets a value indicating whether what stands before the first dot may be a back end's name; otherwise it may be a part of
    /// a secret.</summary>
    public bool HasBackendName
        => Backend is not null && Backend.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    // What has no name of a variable before an equals sign, and a value after it, is written in another form than was meant: all of it
    // may be the secret.
    private string ShownInline => Id.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        && Id[..equals].Trim() is var name && VariableNames.IsName(name) && !Id.AsSpan(equals).Trim('=').IsWhiteSpace()
        ? $"{name}={SecretMask.Shown}"
        : SecretMask.Shown;

    /// <summary>Reads a source.</summary>
    /// <param name="text">The text, <c>backend.id</c>.</param>
    /// <param name="defaultBackend">The back end of a text that names none, or <see langword="null"/>.</param>
    /// <returns>The source.</returns>
    public static SecretSource Parse(string text, string? defaultBackend)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot <= 0 ? new SecretSource(defaultBackend, text) : new SecretSource(text[..dot], text[(dot + 1)..]);
    }

    /// <summary>Returns true if there is a back end of the source's.</summary>
    /// <param name="flow">The flow's class, whose assembly may have back ends of its own.</param>
    /// <returns>Whether there is.</returns>
    public bool HasBackend(Type flow)
        => Backend is Inline or FromFile or FromEnvironment || (Backend is not null && SecretsProviders.Find(Backend, flow) is not null);

    /// <summary>Fetches the secrets.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="flow">The flow, whose assembly may have back ends of its own.</param>
    /// <returns>The variables.</returns>
    /// <exception cref="StepFailedException">MF3033: they cannot be had.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> FetchAsync(SecretRequest request, FlowSpec flow) => Backend switch
    {
        Inline => Id.TrimStart() is ['{', ..] ? FromJson(Id) : FromLines([Id]),
        FromFile => ReadFile(request),
        FromEnvironment => ReadVariable(),
        null => throw Unavailable($"It names no back end, and {SettingNames.DefaultSecretsBackend} is not set."),
        _ =>
            await FetchFromAsync(
                SecretsProviders.Find(Backend, flow.GetType())
                    ?? throw Unavailable(HasBackendName
                        ? $"There is no back end '{Backend}'. {SecretsProviders.Describe(flow.GetType())}"
                        : "It does not begin with the name of a back end.",
                        HasBackendName ? SecretsProviders.RemedyOf(Backend, flow.GetType()) : null),
                request).ConfigureAwait(false),
    };

    private async ValueTask<IReadOnlyDictionary<string, string>> FetchFromAsync(ISecretsProvider provider, SecretRequest request)
        => await provider.GetSecretsAsync(request, default).ConfigureAwait(false) ?? throw Unavailable("The back end returned nothing.");

    private Dictionary<string, string> ReadFile(SecretRequest request)
    {
        var path = Path.GetFullPath(Id, request.FlowFolder);
        path = File.Exists(path) ? path : Path.GetFullPath(Id);
        try
        {
            return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? FromJson(UserFile.ReadAllText(path))
                : FromLines(UserFile.ReadAllText(path).ReplaceLineEndings("\n").Split('\n'));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(error.Message);
        }
    }

    private Dictionary<string, string> ReadVariable()
    {
        var equals = Id.IndexOf('=', StringComparison.Ordinal);
        var from = Id[(equals + 1)..];
        var value = StepHookContext.ReadVariable(from) ?? throw Unavailable($"The environment variable '{from}' is not set.");
        return new Dictionary<string, string> { [equals < 0 ? from : Id[..equals]] = value };
    }

    private Dictionary<string, string> FromLines(IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, line) in lines.Select(static line => line.Trim()).Index()
            .Where(static line => line.Item.Length > 0 && line.Item[0] != '#'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw Unavailable(Backend == FromFile
                    ? string.Create(CultureInfo.InvariantCulture, $"Its line {index + 1} does not have the form NAME=value.")
                    : "It does not have the form NAME=value.");
            }

            var name = line[..equals].Trim();
            values[name.StartsWith("export ", StringComparison.Ordinal) ? name[7..].Trim() : name] = Unquote(line[(equals + 1)..].Trim());
        }

        return values;
    }

    private Dictionary<string, string> FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateObject().ToDictionary(
                static entry => entry.Name,
                static entry => entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            // The parser's own message may quote the text.
            throw Unavailable("It is not a JSON object of strings.");
        }
    }

    private static string Unquote(string value)
        => value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'' ? value[1..^1] : value;

    private StepFailedException Unavailable(string why, string? fix = null) => new(
        ErrorCodes.SecretUnavailable, $"The secrets of source '{Shown}' cannot be read.", why,
        fix ?? "Correct the source in [Secrets], or provide it on the machine that runs the task.");
}
