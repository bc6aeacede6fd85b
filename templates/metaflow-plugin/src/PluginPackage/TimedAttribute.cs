using System.Diagnostics;
using System.Globalization;
using Metaflow;
using Metaflow.Decorators;

namespace PluginNamespace;

/// <summary>Keeps with each task how long its step took: <c>[Timed]</c>, or <c>--with timed</c>.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TimedAttribute : DecoratorAttribute, IAroundStepHook
{
    internal const string Name = "timed";

    /// <summary>The name of the task's metadata that has the seconds.</summary>
    internal const string Field = "timed-seconds";

    /// <inheritdoc/>
    public async ValueTask<Transition?> AroundStepAsync(StepHookContext context, Func<ValueTask<Transition?>> step)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await step();
        }
        finally
        {
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            context.AddMetadata(Field, seconds.ToString("0.000", CultureInfo.InvariantCulture));
        }
    }
}
