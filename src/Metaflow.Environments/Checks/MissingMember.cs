namespace Metaflow.Environments.Checks;

/// <summary>A type or member that a program was compiled against and that the locked version of an assembly lacks.</summary>
/// <param name="Assembly">The name of the assembly.</param>
/// <param name="CompiledAgainst">The version of it that the program was compiled against.</param>
/// <param name="Locked">The version that the environment has.</param>
/// <param name="Member">The type or member, as C# writes it: <c>string Acme.Greeter.Hello(int)</c>.</param>
/// <param name="ReferredBy">The methods of the program that refer to it, sorted; empty if only declarations do.</param>
internal sealed record MissingMember(
    string Assembly, Version CompiledAgainst, Version Locked, string Member, IReadOnlyList<string> ReferredBy)
{
    /// <summary>Gets the steps that can come to one of these methods, as <see cref="FlowCode.StepName"/> writes them; none by
    /// default.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];
}
