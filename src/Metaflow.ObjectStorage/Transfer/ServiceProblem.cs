using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>What a server's refusal means to who asked.</summary>
internal enum ProblemKind
{
    /// <summary>The request will never succeed as it is.</summary>
    Refused,

    /// <summary>The same request may succeed a little later.</summary>
    Transient,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>The condition of the request does not hold: there is an object already, or it is another one.</summary>
    Exists,

    /// <summary>The object is shorter than what was asked for.</summary>
    OutOfRange,
}

/// <summary>Why a server did not do what it was asked.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Code">The service's code of the error, or one that stands for the status.</param>
/// <param name="Message">What the server said.</param>
/// <param name="Kind">What that means.</param>
internal sealed record ServiceProblem(int Status, string Code, string Message, ProblemKind Kind)
{
    private const int LongestBody = 64 << 10;

    /// <summary>Gets where the server says that the objects are, if it does.</summary>
    public string? Region { get; init; }

    /// <summary>Returns the problem of an answer that makes no sense.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="message">What makes no sense, as a sentence.</param>
    public static ServiceProblem Senseless(ObjectResponse response, string message)
        => new(response.Status, "Unknown", message, ProblemKind.Refused);

    /// <summary>Reads the body of an answer, as much of it as an explanation has.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask<byte[]> BodyOfAsync(ObjectResponse response, CancellationToken cancellationToken)
    {
        var body = new byte[LongestBody];
        var length = await response.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        return body.AsSpan(0, length).ToArray();
    }
}
