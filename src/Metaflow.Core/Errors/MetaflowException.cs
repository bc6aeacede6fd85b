using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Errors;

/// <summary>The base of every error that the framework reports. A message says what happened, why, and how to fix it.</summary>
/// <remarks>There is one sealed child for each range of codes; a new message is a new code, never a new class.</remarks>
[SuppressMessage("Design", "CA1032", Justification = "An error without a code and its three parts must not exist.")]
public abstract class MetaflowException : Exception
{
    /// <summary>Initializes an error.</summary>
    /// <param name="code">The code, <c>MFnnnn</c>; each has a page in <c>docs/errors</c>.</param>
    /// <param name="what">What happened, a sentence.</param>
    /// <param name="why">Why, a sentence.</param>
    /// <param name="fix">What to do about it, a sentence.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    private protected MetaflowException(string code, string what, string why, string fix, Exception? innerException = null)
        : base($"{what} {why} {fix}".Trim(), innerException)
    {
        Code = code;
        What = what;
        Why = why;
        Fix = fix;
    }

    /// <summary>Gets the code, <c>MFnnnn</c>.</summary>
    public string Code { get; }

    /// <summary>Gets what happened.</summary>
    public string What { get; }

    /// <summary>Gets why it happened.</summary>
    public string Why { get; }

    /// <summary>Gets how to fix it.</summary>
    public string Fix { get; }

    /// <summary>Gets a value indicating whether the same call may succeed if it is tried again. The default is
    /// <see langword="false"/>.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Gets the pathspec of the object concerned, or <see langword="null"/>.</summary>
    public string? Pathspec { get; init; }

    /// <summary>Gets the short title printed above the message, for example <c>Step failure</c>.</summary>
    public abstract string Headline { get; }

    /// <summary>Gets the exit code of a command that ends with this error. The default is <see cref="ExitCodes.Failure"/>.</summary>
    public int ExitCode { get; init; } = ExitCodes.Failure;

    /// <inheritdoc/>
    /// <remarks>The code follows the message, so that logs of programs which run flows from code name it.</remarks>
    public override string ToString()
    {
        var text = base.ToString();
        var end = text.IndexOf(Message, StringComparison.Ordinal) + Message.Length;
        return end < Message.Length ? $"{text} [{Code}]" : $"{text[..end]} [{Code}]{text[end..]}";
    }
}
