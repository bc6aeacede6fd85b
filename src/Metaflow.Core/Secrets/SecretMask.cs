using System.Text;

namespace Metaflow.Secrets;

/// <summary>Replaces secrets in texts by <see cref="Shown"/>.</summary>
/// <remarks>A value of less than four characters is not replaced: it would be found everywhere, and tells nothing; nor are
/// <c>null</c>, <c>true</c> and <c>false</c>. Of a value of several lines each line is replaced too, because logs are read by lines, of a
/// value that is JSON each text and number in it; and all forms that JSON and the literals of programming languages give
/// a value, escaped once or several times. Where two secrets overlap, both are replaced as one.</remarks>
internal sealed class SecretMask
{
    /// <summary>What is shown for a secret.</summary>
    public const string Shown = "***";

    private readonly SecretForms _forms;

    /// <summary>Initializes a mask.</summary>
    /// <param name="values">The secrets.</param>
    public SecretMask(IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _forms = new SecretForms(values.SelectMany(SecretTexts.Of));
    }

    /// <summary>Gets the texts that are replaced, in whatever form.</summary>
    internal IReadOnlyList<string> Texts => _forms.Texts;

    /// <summary>Replaces the secrets in a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without secrets.</returns>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        var filter = new SecretFilter(_forms);
        byte[] shown = [.. filter.Take(bytes).Span, .. filter.Finish().Span];
        return bytes.AsSpan().SequenceEqual(shown) ? text : Encoding.UTF8.GetString(shown);
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
}
