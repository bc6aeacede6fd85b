using Metaflow.Aws.Http;

namespace Metaflow.Aws.S3;

/// <summary>An answer to a request.</summary>
/// <remarks>A class: what the framework awaits of structures is compiled anew in every process.</remarks>
/// <param name="Response">The response; its receiver disposes it.</param>
/// <param name="IsRepeated">Whether the request was sent before, so that an earlier one may have taken effect although its answer was
/// lost.</param>
internal sealed record S3Answer(ObjectResponse Response, bool IsRepeated)
{
    /// <summary>Gets what the server said to a request about something that is missing.</summary>
    public S3Problem? Problem { get; init; }
}

/// <summary>An answer that was read whole.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Body">Its body.</param>
internal sealed record S3WholeAnswer(S3Answer Answer, byte[] Body);
