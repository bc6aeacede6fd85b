namespace Metaflow.Decorators;

/// <summary>The decorators in force for one step: its own, then the flow's, then those given at run time; of each kind the first counts.</summary>
internal sealed class StepDecorators
{
    private readonly List<DecoratorAttribute> _all = [];
    private readonly IReadOnlyList<string>? _only;

    /// <summary>Initializes the decorators of a step.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="with">The decorators given at run time.</param>
    /// <param name="only">The names of the only ones that count; <see langword="null"/> for all.</param>
    public StepDecorators(FlowSpec flow, string step, IReadOnlyList<string> with, IReadOnlyList<string>? only = null)
    {
        _only = only;
        Add(flow.DecoratorsOf(step));
        Add(Effective(flow.DecoratorsOf(null)));
        foreach (var text in with)
        {
            Add([DecoratorText.Parse(text)]);
        }
    }

    /// <summary>Gets all decorators in force.</summary>
    public IReadOnlyList<DecoratorAttribute> All => _all;

    /// <summary>Gets how often a task is tried.</summary>
    public RetryBudget Budget
    {
        get
        {
            var retry = Find<RetryAttribute>();
            var fallback = Find<CatchAttribute>() is null ? 0 : CatchAttribute.FallbackAttempts;
            return new RetryBudget(retry?.Times ?? 0, fallback, retry?.LocalWait ?? TimeSpan.Zero);
        }
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
    private static IReadOnlyList<DecoratorAttribute> Effective(IReadOnlyList<DecoratorAttribute> decorators)
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

    private void Add(IReadOnlyList<DecoratorAttribute> decorators)
    {
        foreach (var decorator in decorators)
        {
            if ((_only is null || _only.Contains(decorator.DecoratorName)) && _all.TrueForAll(other => other.DecoratorName != decorator.DecoratorName))
            {
                _all.Add(decorator);
            }
        }
    }
}
