using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Says which project a flow belongs to. The flows of a project share names, which are separated by branches.</summary>
/// <remarks>It adds the options <c>--branch</c> and <c>--production</c>, also <c>METAFLOW_BRANCH</c> and <c>METAFLOW_PRODUCTION</c>, and
/// the system tags <c>project:name</c> and <c>project_branch:branch</c>.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProjectAttribute : FlowDecoratorAttribute
{
    private const string BranchOption = "branch";
    private const string ProductionOption = "production";

    /// <summary>Initializes the project.</summary>
    /// <param name="name">Its name: lower-case letters, digits and underscores, at most 128.</param>
    public ProjectAttribute(string name) => Name = name;

    /// <summary>Gets the project's name.</summary>
    public string Name { get; }

    /// <summary>Gets or sets the branch; <see langword="null"/>, the default, means the value of <c>--branch</c>, otherwise the user's
    /// own branch.</summary>
    public string? Branch { get; set; }

    /// <summary>Gets or sets a value indicating whether this is the production branch. The default is <see langword="false"/>.
    /// <c>--production</c> sets it too.</summary>
    public bool Production { get; set; }

    /// <inheritdoc/>
    public override string DecoratorName => "project";

    /// <inheritdoc/>
    public override IReadOnlyList<FlowOption> Options =>
    [
        new(BranchOption, "Branch of the flow's project. By default 'user.' and your name, or 'prod' with --production.", "name"),
        new(ProductionOption, "Use the production branch of the flow's project."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("name", Name), new("production", Production), new("branch", Branch),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(FlowDefinition definition)
        => DecoratorRules.CheckProject(Name, Branch, ConfigTexts.HasReference).Select(mistake => FlowProblem.Of(definition, mistake));

    /// <inheritdoc/>
    public override IEnumerable<string> SystemTags(FlowOptionValues options, string user)
    {
        var project = Describe("", options, user);
        return [$"project:{project.Name}", $"project_branch:{project.BranchName}"];
    }

    /// <summary>Says which branch a run of the flow is of.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="options">The values of the options.</param>
    /// <param name="user">The name of the user who started the run.</param>
    /// <returns>The project and the branch.</returns>
    /// <exception cref="ConfigurationException">MF2050: the branch cannot be one, or the attribute names another. MF1094: a configuration
    /// gave what cannot be a name.</exception>
    internal FlowProject Describe(string flow, FlowOptionValues options, string user)
    {
        if (DecoratorRules.CheckProject(Name, Branch, static _ => false).FirstOrDefault() is { } mistake)
        {
            throw new ConfigurationException(mistake.Code, mistake.What, mistake.Why, mistake.Fix) { ExitCode = ExitCodes.Usage };
        }

        var given = options.Text(BranchOption) is { Length: > 0 } text ? text : null;
        if (given is not null && (!DecoratorRules.IsProjectName(given) || (Branch is not null && Branch != given)))
        {
            throw new ConfigurationException(
                ErrorCodes.FlowOptionInvalid,
                $"Invalid value for '--{BranchOption}': '{given}'.",
                DecoratorRules.IsProjectName(given)
                    ? $"The flow's [Project] says branch '{Branch}'."
                    : $"A branch consists of lower-case letters, digits and underscores, at most {DecoratorRules.MaxProjectName}.",
                "Use another name, or remove the option.")
            { ExitCode = ExitCodes.Usage };
        }

        var branch = Branch ?? given;
        var isProduction = Production || options.Flag(ProductionOption) == true;
        var name = (branch, isProduction) switch
        {
            (null, true) => "prod",
            (null, false) => $"user.{user}",
            (_, true) => $"prod.{branch}",
            _ => $"test.{branch}",
        };
        return new FlowProject(Name, name, branch is null && !isProduction, isProduction, $"{Name}.{name}.{flow}");
    }
}
