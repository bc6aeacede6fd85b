using Metaflow.Environments;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Views;

namespace Metaflow.StepEnvironments;

/// <summary>What is known of the environment of a step for a kind of machine.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Architecture">The kind of machine.</param>
internal sealed record FlowEnvironment(string Step, string Architecture)
{
    /// <summary>Gets what the step asks for; <see langword="null"/>, the default, if it runs with the packages of the program.</summary>
    public EnvironmentRequirement? Requirement { get; init; }

    /// <summary>Gets what has to be resolved; <see langword="null"/>, the default, if it was not asked for.</summary>
    public EnvironmentRequest? Request { get; init; }

    /// <summary>Gets the environment; <see langword="null"/>, the default, if it is not resolved.</summary>
    public EnvironmentView? View { get; init; }

    /// <summary>Gets a value indicating whether it was resolved just now. The default is <see langword="false"/>.</summary>
    public bool IsNew { get; init; }

    /// <summary>Returns the same for callers of the product.</summary>
    /// <returns>What is known.</returns>
    public StepEnvironment ToPublic() => new()
    {
        Step = Step,
        Architecture = Architecture,
        State = View is { } view ? view.IsHere ? StepEnvironmentState.OnThisMachine : StepEnvironmentState.Resolved
            : Requirement is null ? StepEnvironmentState.Disabled
            : Requirement.FetchAtExecution == true ? StepEnvironmentState.LookedUpLater : StepEnvironmentState.Unresolved,
        RequestId = View?.Environment.Id.RequestId ?? Request?.RequestId,
        FullId = View?.Environment.Id.FullId,
        IsNew = IsNew,
        BeginsWith = Requirement?.Name ?? Requirement?.Pathspec,
        RequestedPackages = [.. Requested(View?.Environment.Requirements ?? Request?.Requirements ?? [])],
        Sources = [.. (View?.Environment.Sources ?? Request?.Sources ?? []).Select(static source => source.Value)],
        Packages = [.. (View?.Environment.Packages ?? []).Select(PackageOf)],
        Names = [.. (View?.Names ?? []).Select(static name => name.ToString())],
        ResolvedOn = View?.Environment.ResolvedOn,
        ResolvedBy = View?.Environment.ResolvedBy,
    };

    private static IEnumerable<StepPackage> Requested(IReadOnlyList<TypedText> requirements)
        => requirements.Where(static text => !RuntimeRequirement.IsFramework(text))
            .Select(static text => (text.Category, Parts: text.Value.Split("==", 2)))
            .Select(static text => new StepPackage(text.Category, text.Parts[0], text.Parts is [_, var version] ? version : ""));

    private static StepPackage PackageOf(LockedPackage package)
        => new(package.Category, package.Name, package.Version) { Hash = package.Hash, Source = package.Url };
}
