using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Passes a run's events on, and keeps those that say why tasks were reused or were not, as plain data.</summary>
internal sealed class ReuseExplanations(IRunObserver view) : IRunObserver
{
    private readonly List<IReadOnlyDictionary<string, object?>> _events = [];

    /// <summary>Gets the explanations so far, in order.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Events => _events;

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        // Kept first: a view that takes no more must not lose them.
        switch (runEvent)
        {
            case RunEvent.TaskCloned cloned:
                _events.Add(Data(cloned, cloned.Task.WithoutFlow, cloned.Origin.WithoutFlow, cloned.Reason));
                break;
            case RunEvent.TaskNotReused refused:
                _events.Add(Data(refused, refused.Task.WithoutFlow, null, refused.Reason));
                break;
        }

        view.OnEvent(runEvent);
    }

    private static Dictionary<string, object?> Data(RunEvent runEvent, string task, string? origin, string? reason) => new()
    {
        ["at"] = runEvent.At.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        ["task"] = task,
        ["reused"] = origin is not null,
        ["origin"] = origin,
        ["reason"] = reason,
    };
}
