using System.Diagnostics.CodeAnalysis;
using Metaflow.Running;

namespace Metaflow.Programs;

/// <summary>Passes events on; an observer that fails is not told any more, and never harms the run.</summary>
internal sealed class SafeObserver(IRunObserver observer) : IRunObserver
{
    private bool _hasFailed;

    /// <inheritdoc/>
    [SuppressMessage(
        "Design", "CA1031", Justification = "A view must never end a run, whatever goes wrong in it: a closed terminal above all.")]
    public void OnEvent(RunEvent runEvent)
    {
        if (_hasFailed)
        {
            return;
        }

        try
        {
            observer.OnEvent(runEvent);
        }
        catch (Exception)
        {
            _hasFailed = true;
        }
    }
}
