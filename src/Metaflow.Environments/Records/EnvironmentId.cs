namespace Metaflow.Environments.Records;

/// <summary>Identifies a resolved environment by what was asked for, what was found, and the kind of machine.</summary>
/// <param name="RequestId">The hash of the requirements: 40 hexadecimal digits.</param>
/// <param name="FullId">The hash of the packages found: 40 hexadecimal digits.</param>
/// <param name="Architecture">The kind of machine in conda's words, such as <c>linux-64</c>; see
/// <see cref="Environments.Architecture"/>.</param>
internal sealed record EnvironmentId(string RequestId, string FullId, string Architecture)
{
    /// <summary>Returns both hashes as the commands show and accept them: <c>request:full</c>.</summary>
    /// <returns>A text of 81 characters.</returns>
    public override string ToString() => $"{RequestId}:{FullId}";
}
