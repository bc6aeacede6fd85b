using System.Text;

namespace Metaflow.ObjectStorage.Http;

/// <summary>An answer says that a request succeeded, but it is not what the service sends then: it is cut, or something between here and
/// the service has answered.</summary>
/// <remarks>It counts as a broken connection: what the request did is not known, and the same request may succeed.</remarks>
/// <param name="message">What is wrong with the answer, as a sentence.</param>
/// <param name="cause">What was thrown by whatever read it.</param>
internal sealed class UnexpectedAnswerException(string message, Exception? cause = null) : IOException(message, cause)
{
    private const int LongestExcerpt = 80;

    /// <summary>Returns the exception of a body that is not what it should be.</summary>
    /// <param name="expected">What it should be, such as <c>a complete 'ListBucketResult'</c>.</param>
    /// <param name="body">The body.</param>
    /// <param name="cause">What was thrown by whatever read it.</param>
    public static UnexpectedAnswerException Of(string expected, ReadOnlySpan<byte> body, Exception? cause = null)
        => new($"{expected} is expected, but {(body.IsEmpty ? "the body is empty" : $"the body begins with: {Beginning(body)}")}", cause);

    /// <summary>Returns the exception of an answer whose head lacks what the service always sends.</summary>
    /// <param name="version">The name of what is missing, such as <c>ETag</c>.</param>
    public static UnexpectedAnswerException WithoutVersion(string version)
        => new($"It has no {version}, which the service sends with every object.");

    private static string Beginning(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestExcerpt)]));
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = char.IsControl(text[i]) ? ' ' : text[i];
        }

        return text.ToString().Trim();
    }
}
