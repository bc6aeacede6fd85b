namespace Metaflow.Plugins;

/// <summary>Makes a decorator of steps with its defaults: the contract of <see cref="PluginRegistry.AddDecorator"/>.</summary>
/// <returns>A new decorator.</returns>
internal delegate DecoratorAttribute DecoratorFactory();

/// <summary>Makes a decorator of flows with its defaults: the contract of <see cref="PluginRegistry.AddFlowDecorator"/>.</summary>
/// <returns>A new decorator.</returns>
internal delegate FlowDecoratorAttribute FlowDecoratorFactory();

/// <summary>A class of an author's assembly that flows of the assembly find by the name that its objects have.</summary>
/// <param name="Type">The class.</param>
/// <param name="Make">Makes an object of it.</param>
internal sealed record OwnPart(Type Type, Func<object> Make);
