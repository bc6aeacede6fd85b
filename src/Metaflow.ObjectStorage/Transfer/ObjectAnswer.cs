using Metaflow.ObjectStorage.Http;

namespace Metaflow.ObjectStorage.Transfer;

/// <summary>An answer to a request.</summary>
/// <remarks>A class: what the framework awaits of structures is compiled anew in every process.</remarks>
/// <param name="Response">The response; its receiver disposes it. If there is a problem, it has been read.</param>
/// <param name="IsRepeated">Whether the request was sent before, so that an earlier one may have taken effect although its answer was
/// lost.</param>
internal sealed record ObjectAnswer(ObjectResponse Response, bool IsRepeated)
{
    /// <summary>Gets what the server said to a request that it did not carry out: something is missing, is there already, or is out of
    /// range. <see langword="null"/> after a success.</summary>
    public ServiceProblem? Problem { get; init; }

    /// <summary>Gets a value indicating whether the server did what it was asked.</summary>
    public bool Succeeded => Problem is null;

    /// <summary>Returns true if the answer is a problem of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public bool Is(ProblemKind kind) => Problem?.Kind == kind;
}

/// <summary>An answer that was read whole.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Body">Its body; empty if there is a problem.</param>
internal sealed record WholeAnswer(ObjectAnswer Answer, byte[] Body);
