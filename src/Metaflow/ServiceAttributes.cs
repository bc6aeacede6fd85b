namespace Metaflow;

/// <summary>Marks a read-only partial property of a flow as a service: an object that the program provides, for example a clock or a
/// client. It is not an artifact.</summary>
/// <remarks>A task resolves it on first use and keeps it until the task ends: <c>[Service] public partial IClock Clock { get; }</c>.
/// The services come from <see cref="FlowServicesAttribute"/>, from <c>FlowProgram.RunAsync</c>, or from the host. If the type of the
/// property allows <see langword="null"/>, it is <see langword="null"/> if there is no such service.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServiceAttribute : Attribute;

/// <summary>Names the class that creates the services of a flow, or of all flows of an assembly. It creates them in the process of a
/// task, on first use.</summary>
/// <param name="type">A class with a parameterless constructor that implements <see cref="IFlowServices"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class FlowServicesAttribute(Type type) : Attribute
{
    /// <summary>Gets the class.</summary>
    public Type Type => type;
}

/// <summary>Creates the services of flows. Metaflow creates one object of it for each process that needs one.</summary>
public interface IFlowServices
{
    /// <summary>Makes the services.</summary>
    /// <returns>The provider; disposed when the task ends, where it can be.</returns>
    IServiceProvider Build();
}
