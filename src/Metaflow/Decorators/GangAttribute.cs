namespace Metaflow;

/// <summary>The base of decorators for steps whose tasks run as a gang: <c>Next(Train, numParallel: 4)</c> starts four at once, and they
/// know each other by <see cref="Current.Parallel"/>.</summary>
/// <remarks>Only a transition with <c>numParallel:</c> may lead to such a step, and its next step must be a join (MF1070, MF1071,
/// MF1024). <see cref="ParallelAttribute"/> does nothing more; a decorator that prepares a framework for distributed work derives from
/// this class and implements hooks of <c>Metaflow.Decorators</c>.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public abstract class GangAttribute : DecoratorAttribute;
