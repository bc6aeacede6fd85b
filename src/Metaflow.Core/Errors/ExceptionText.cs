namespace Metaflow.Errors;

/// <summary>Exceptions as text. An exception is the author's code too: what it says of itself may throw.</summary>
internal static class ExceptionText
{
    /// <summary>Returns the message of an exception.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The message; which exception its <see cref="Exception.Message"/> threw when it has none.</returns>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1031", Justification = "The author's code may throw anything, and the failure that is told must not be lost for it.")]
    public static string MessageOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        try
        {
            return exception.Message ?? "";
        }
        catch (Exception error)
        {
            return $"(its Message threw {error.GetType().FullName})";
        }
    }
}
