using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Launching;
using Metaflow.Running;

namespace Metaflow.Decorators;

/// <summary>The decorators in force for one step: its own, then the flow's, then those given at run time; of a kind that stands alone the
/// first counts.</summary>
internal sealed class StepDecorators
{
    private readonly List<DecoratorAttribute> _all = [];
    private readonly StepEditor? _editor;
    private readonly int _ownCount;
    private readonly int _staticCount;
    private readonly IReadOnlyList<string>? _only;

    /// <summary>Initializes the decorators of a step.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <param name="only">The names of the only ones that count; <see langword="null"/> for all.</param>
    public StepDecorators(FlowSpec flow, string step, IReadOnlyList<string> with, IReadOnlyList<string>? only = null)
    {
        _only = only;
        var ofFlow = Effective(flow.DecoratorsOf(null));
        _editor = FlowEditor.Apply(flow, ofFlow)?.Step(step);
        Add(_editor?.Decorators ?? flow.DecoratorsOf(step));
        _ownCount = _all.Count;
        Add(ofFlow);
        _staticCount = _all.Count;
        foreach (var text in with)
        {
            Add([DecoratorText.Parse(text, flow.GetType())]);
        }
    }

    /// <summary>Gets all decorators in force.</summary>
    public IReadOnlyList<DecoratorAttribute> All => _all;

    /// <summary>Gets those in force that the step has in the source, and those that were given at run time.</summary>
    public IEnumerable<DecoratorAttribute> OfStep => _all.Take(_ownCount).Concat(Given);

    /// <summary>Gets those in force that the flow has in the source.</summary>
    public IEnumerable<DecoratorAttribute> OfFlow => _all.Take(_ownCount.._staticCount);

    /// <summary>Gets those in force that were given at run time.</summary>
    public IEnumerable<DecoratorAttribute> Given => _all.Skip(_staticCount);

    /// <summary>Says which decorators of a command count for fewer steps than it seems: a step keeps its own where of the kind there can be
    /// one only.</summary>
    /// <param name="with">The decorators as they were given.</param>
    /// <param name="steps">The steps that they are meant for, by name.</param>
    /// <returns>Sentences.</returns>
    public static IEnumerable<string> TellUnused(IEnumerable<string> with, IReadOnlyList<KeyValuePair<string, StepDecorators>> steps) =>
        from text in with
        let name = text.Split(':')[0]
        let own = steps.Where(step => step.Value.KeepsOwn(name)).Select(static step => $"'{step.Key}'").ToList()
        where own.Count > 0
        select $"'--with {name}' has no effect on {(own.Count == 1 ? "the step" : "the steps")} {string.Join(", ", own)}, which "
            + $"{(own.Count == 1 ? "has" : "have")} a decorator '{name}' already.";

    /// <summary>Gets the decorators as the graph has them.</summary>
    public IEnumerable<DecoratorNode> Nodes => _all.Select((decorator, index) => new DecoratorNode(
        decorator.DecoratorName, new(decorator.ToData()), index < _staticCount)
    { InsertedBy = _editor?.InsertedBy(decorator), Origin = decorator });

    /// <summary>Returns how often a task is tried.</summary>
    /// <param name="usualWait">How long it waits where its <c>[Retry]</c> does not say.</param>
    /// <returns>The budget.</returns>
    public RetryBudget Budget(TimeSpan usualWait)
    {
        var retry = Find<RetryAttribute>();
        var fallback = Find<CatchAttribute>() is null ? 0 : CatchAttribute.FallbackAttempts;
        return new RetryBudget(retry?.Times ?? 0, fallback, retry?.WaitOr(usualWait) ?? TimeSpan.Zero)
        {
            Growth = retry?.Growth ?? RetryGrowth.None,
        };
    }

    /// <summary>Returns the name of the launcher that takes the step's tasks.</summary>
    /// <param name="step">The step's name on disk, for messages.</param>
    /// <returns>The name. <c>[Local]</c> comes before all others.</returns>
    /// <exception cref="Errors.ConfigurationException">MF2079: decorators choose different ones. The exit code is 2.</exception>
    public string LauncherName(string step)
    {
        var chosen = _all.Where(static decorator => decorator is ILaunchedBy)
            .DistinctBy(static decorator => ((ILaunchedBy)decorator).LauncherName).ToList();
        return chosen switch
        {
            [] => LaunchHandle.Local,
            [ILaunchedBy only] => only.LauncherName,
            _ when chosen.Exists(static decorator => ((ILaunchedBy)decorator).LauncherName == LaunchHandle.Local) => LaunchHandle.Local,
            _ => throw new ConfigurationException(
                ErrorCodes.SeveralLaunchers,
                $"Step '{step}' has {chosen.Count} launchers.",
                $"Its decorators {string.Join(" and ", chosen.Select(static decorator => $"'{decorator.DecoratorName}'"))} "
                    + "choose different launchers.",
                "Keep only one of them. [Local] keeps a step on this machine, whatever '--with' says.")
            { ExitCode = ExitCodes.Usage },
        };
    }

    /// <summary>Finds the decorator of a kind.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The decorator, or <see langword="null"/>.</returns>
    public T? Find<T>()
        where T : DecoratorAttribute
    {
        foreach (var decorator in _all)
        {
            if (decorator is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Of a flow's decorators, those of a derived class replace those of its base of the same name.</summary>
    /// <param name="decorators">The decorators of the classes, base classes first.</param>
    /// <returns>The decorators in force.</returns>
    public static IReadOnlyList<DecoratorAttribute> Effective(IReadOnlyList<DecoratorAttribute> decorators)
    {
        if (decorators.Count < 2)
        {
            return decorators;
        }

        var effective = new List<DecoratorAttribute>(decorators.Count);
        foreach (var decorator in decorators)
        {
            if (!decorator.AllowsMultiple)
            {
                effective.RemoveAll(other => other.DecoratorName == decorator.DecoratorName);
            }

            effective.Add(decorator);
        }

        return effective;
    }

    /// <summary>Finds kinds that stand alone and yet are given several times in one place.</summary>
    /// <param name="decorators">The decorators of a step, of one class, or of the command line.</param>
    /// <param name="place">What they are on, in words.</param>
    /// <returns>The problems.</returns>
    public static IEnumerable<GraphProblem> Duplicates(IReadOnlyList<DecoratorAttribute> decorators, string place)
        => decorators.Where(static decorator => !decorator.AllowsMultiple).GroupBy(static decorator => decorator.DecoratorName)
            .Where(static kind => kind.Count() > 1)
            .Select(kind => new GraphProblem(
                ErrorCodes.DuplicateDecorator, ProblemSeverity.Error,
                $"Decorator '{kind.Key}' is given {kind.Count()} times on {place}.",
                "One place can have only one of this kind. Metaflow cannot know which one you mean.",
                "Remove all but one.", null, 0, ""));

    private void Add(IReadOnlyList<DecoratorAttribute> decorators)
    {
        foreach (var decorator in decorators)
        {
            if (decorator is not FlowDecoratorAttribute && (_only is null || _only.Contains(decorator.DecoratorName))
                && (decorator.AllowsMultiple || !Has(decorator.DecoratorName)))
            {
                _all.Add(decorator);
            }
        }
    }

    private bool Has(string name)
    {
        foreach (var decorator in _all)
        {
            if (decorator.DecoratorName == name)
            {
                return true;
            }
        }

        return false;
    }

    private bool KeepsOwn(string name)
        => _all.Take(_staticCount).Any(decorator => decorator.DecoratorName == name && !decorator.AllowsMultiple);
}
