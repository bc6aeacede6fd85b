using System.Reflection;
using Metaflow.Naming;

namespace Metaflow.Serialization;

/// <summary>A parameter of the constructor that a record is read with.</summary>
/// <param name="Key">The key of the entry that it takes.</param>
/// <param name="Name">The parameter's name.</param>
/// <param name="MemberName">The name of the member that it sets.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">What it gets when there is no entry.</param>
/// <param name="FormerNames">The keys that it had before.</param>
/// <param name="MayLack">Whether there may be no entry: it has a default, or may be <see langword="null"/>.</param>
internal sealed record ConstructionParameter(
    string Key, string Name, string MemberName, Type Type, object? Default, IReadOnlyList<string> FormerNames, Lazy<bool> MayLack);

/// <summary>How a record is made: by which constructor, and which members are set afterwards.</summary>
internal sealed class ConstructionPlan
{
    private readonly Lazy<IReadOnlyList<(int Parameter, FieldInfo Field)>> _kept;

    public ConstructionPlan(Type type, IReadOnlyList<MemberShape> members)
    {
        WhyNot = type.IsAbstract ? "It is abstract, and the actual type of the value is not stored" : null;
        Constructor = WhyNot is null ? Choose(type, members) : null;
        if (WhyNot is null && Constructor is null && !type.IsValueType)
        {
            WhyNot = "It has no parameterless constructor, and no constructor whose parameters all have the names of its public "
                + "properties";
        }

        Parameters = Constructor?.GetParameters().Select(parameter => Describe(parameter, members)).ToList() ?? [];
        RequiresMembers = Constructor?.IsDefined(typeof(System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute)) != true;
        Settable = members.Where(member => member.CanSet && Parameters.All(parameter => parameter.MemberName != member.Name)).ToList();
        _kept = new Lazy<IReadOnlyList<(int, FieldInfo)>>(() => FindKept(members));
        Positional = Parameters.Count > 0
            ? Parameters.Select(parameter => parameter.Key).ToList()
            : Settable.Select(member => member.Key).ToList();
    }

    /// <summary>Gets why the type cannot be made; <see langword="null"/> when it can.</summary>
    public string? WhyNot { get; }

    /// <summary>Gets the constructor; <see langword="null"/> for the default value of a structure.</summary>
    public ConstructorInfo? Constructor { get; }

    public IReadOnlyList<ConstructionParameter> Parameters { get; }

    /// <summary>Gets the members that are set after construction.</summary>
    public IReadOnlyList<MemberShape> Settable { get; }

    /// <summary>Gets a value indicating whether members that are marked <c>required</c> must be set after the construction.</summary>
    public bool RequiresMembers { get; }

    /// <summary>Gets the parameters whose values are put into their members' fields after the construction: the constructor may have
    /// changed what it was given, and would do it again each time the value is read.</summary>
    public IReadOnlyList<(int Parameter, FieldInfo Field)> Kept => _kept.Value;

    /// <summary>Gets the keys in the order of a Python named tuple.</summary>
    public IReadOnlyList<string> Positional { get; }

    private List<(int Parameter, FieldInfo Field)> FindKept(IReadOnlyList<MemberShape> members)
    {
        var kept = new List<(int, FieldInfo)>();
        var plain = Constructor is null ? [] : PlainAssignments.Of(Constructor);
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (members.FirstOrDefault(member => member.Name == Parameters[i].MemberName)?.Keeper is { } field
                && !plain.Any(assignment => assignment.Parameter == i && IsSame(assignment.Field, field)))
            {
                kept.Add((i, field));
            }
        }

        return kept;
    }

    private static bool IsSame(FieldInfo one, FieldInfo other)
        => one.MetadataToken == other.MetadataToken && one.DeclaringType == other.DeclaringType && one.Module == other.Module;

    private static ConstructorInfo? Choose(Type type, IReadOnlyList<MemberShape> members)
    {
        const BindingFlags AnyAccess = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var parameterless = type.GetConstructor(AnyAccess, Type.EmptyTypes);
        var fullest = type.GetConstructors()
            .Where(constructor => constructor.GetParameters() is { Length: > 0 } parameters
                && Array.TrueForAll(parameters, parameter => MemberOf(parameter, members) is not null))
            .MaxBy(constructor => constructor.GetParameters().Length);
        var mayStartEmpty = parameterless is not null || type.IsValueType;

        // An empty object that is filled can be part of a cycle, which a structure cannot; but what only the constructor sets must go
        // through it.
        var isNeeded = fullest is not null
            && (type.IsValueType || Array.Exists(fullest.GetParameters(), parameter => !MemberOf(parameter, members)!.IsSetPublicly));
        return mayStartEmpty && !isNeeded ? parameterless : fullest ?? parameterless;
    }

    private static MemberShape? MemberOf(ParameterInfo parameter, IReadOnlyList<MemberShape> members) => members.FirstOrDefault(member =>
        string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && member.Type == parameter.ParameterType);

    private static ConstructionParameter Describe(ParameterInfo parameter, IReadOnlyList<MemberShape> members)
    {
        var member = MemberOf(parameter, members);
        var type = parameter.ParameterType;
        var isDefault = parameter is { HasDefaultValue: true, DefaultValue: not null };
        var fallback = isDefault ? parameter.DefaultValue : type.IsValueType ? Activator.CreateInstance(type) : null;
        if (isDefault && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } enumeration)
        {
            fallback = Enum.ToObject(enumeration, fallback!);
        }

        var key = member?.Key ?? SnakeCase.FromMember(parameter.Name!);
        return new ConstructionParameter(
            key, parameter.Name!, member?.Name ?? parameter.Name!, type, fallback, member?.FormerNames ?? [],
            new Lazy<bool>(() => parameter.HasDefaultValue || AllowsNull(parameter)));
    }

    // What was compiled without the annotations may be null.
    private static bool AllowsNull(ParameterInfo parameter) => parameter.ParameterType.IsValueType
        ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        : new NullabilityInfoContext().Create(parameter).WriteState != NullabilityState.NotNull;
}
