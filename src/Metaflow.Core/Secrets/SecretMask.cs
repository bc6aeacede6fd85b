using System.Text;

namespace Metaflow.Secrets;

/// <summary>Replaces secrets in texts by <see cref="Shown"/>.</summary>
/// <remarks>A value of less than four characters is not replaced: it would be found everywhere, and tells nothing. Of a value of several lines
/// each line is replaced too, because logs are read by lines; and what JSON makes of a value.</remarks>
public sealed class SecretMask
{
    /// <summary>What is shown for a secret.</summary>
    public const string Shown = "***";

    private const int MinLength = 4;
    private readonly string[] _forms;

    /// <summary>Initializes a mask.</summary>
    /// <param name="values">The secrets.</param>
    public SecretMask(IEnumerable<string> values)
        => _forms = [.. values.SelectMany(FormsOf).Where(static form => form.Length >= MinLength).Distinct().OrderByDescending(static form => form.Length)];

    /// <summary>Gets the texts that are replaced, the longest first.</summary>
    internal IReadOnlyList<string> Forms => _forms;

    /// <summary>Replaces the secrets in a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets.</returns>
    public string Apply(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Replace(form, Shown, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Replaces the secrets in a failure and its causes.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>The failure without secrets.</returns>
    public StepFailure Apply(StepFailure failure) => failure with
    {
        Message = Apply(failure.Message),
        StackTrace = failure.StackTrace is { } trace ? Apply(trace) : null,
        Inner = failure.Inner is { } inner ? Apply(inner) : null,
    };

    private static IEnumerable<string> FormsOf(string value)
    {
        yield return value;
        yield return Encoding.UTF8.GetString(System.Text.Json.JsonEncodedText.Encode(value).EncodedUtf8Bytes);
        foreach (var line in value.Contains('\n', StringComparison.Ordinal) ? value.Split('\n') : [])
        {
            yield return line.TrimEnd('\r');
        }
    }
}
