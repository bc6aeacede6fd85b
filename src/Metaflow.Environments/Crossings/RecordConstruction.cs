using System.Reflection;
using System.Reflection.Metadata;
using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Crossings;

/// <summary>Finds how an object is made when it is read, as the serializer does: by which constructor, and with which members.</summary>
/// <param name="type">The type.</param>
/// <param name="assemblies">The assemblies of its environment.</param>
internal sealed class RecordConstruction(StoredType type, AssemblySet assemblies)
{
    private const string SetsRequired = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";

    private readonly MetadataReader _metadata = type.Found.Assembly!.Reader;
    private readonly StoredTypeReader _reader = new(assemblies, type.Found.Assembly!);

    /// <summary>Gets the members that are stored.</summary>
    public IReadOnlyList<RecordMember> Members { get; } = RecordMembers.Of(type, assemblies);

    /// <summary>Returns the members that are given a value.</summary>
    /// <returns>The members; <see langword="null"/> if no object can be made.</returns>
    public IReadOnlyList<ReadMember>? Find()
    {
        var definition = _metadata.GetTypeDefinition(type.Found.Handle);
        if (definition.Attributes.HasFlag(TypeAttributes.Abstract))
        {
            return null;
        }

        var constructors = definition.GetMethods().Where(IsConstructor).ToList();
        var parameterless = constructors.FirstOrDefault(constructor => ParametersOf(constructor).Count == 0);
        var fullest = constructors.Where(IsPublic).Where(constructor => ParametersOf(constructor) is { Count: > 0 } parameters
            && parameters.All(static parameter => parameter.Member is not null))
            .OrderByDescending(constructor => ParametersOf(constructor).Count).FirstOrDefault();
        var isStructure = type.IsValueType || _reader.Of(definition.BaseType, type.Arguments).Definition == TypeLevels.ValueType;
        if (parameterless.IsNil && fullest.IsNil && !isStructure)
        {
            return null;
        }

        // What only the constructor sets must go through it.
        var isNeeded = !fullest.IsNil
            && (isStructure || ParametersOf(fullest).Any(static parameter => !parameter.Member!.IsSetPublicly));
        var chosen = (!parameterless.IsNil || isStructure) && !isNeeded ? parameterless : fullest.IsNil ? parameterless : fullest;
        return MembersOf(chosen);
    }

    private List<ReadMember> MembersOf(MethodDefinitionHandle constructor)
    {
        var parameters = constructor.IsNil ? [] : ParametersOf(constructor);
        var requires = constructor.IsNil
            || !Markers.Has(_metadata, _metadata.GetMethodDefinition(constructor).GetCustomAttributes(), SetsRequired);
        return
        [
            .. parameters.Select(static parameter => new ReadMember(parameter.Member!, !parameter.MayLack)),
            .. Members.Where(member => member.CanSet && !parameters.Exists(parameter => parameter.Member?.Name == member.Name))
                .Select(member => new ReadMember(member, member.IsRequired && requires)),
        ];
    }

    private List<(RecordMember? Member, bool MayLack)> ParametersOf(MethodDefinitionHandle constructor)
    {
        var method = _metadata.GetMethodDefinition(constructor);
        var types = method.DecodeSignature(_reader, type.Arguments).ParameterTypes;
        var named = method.GetParameters().Select(_metadata.GetParameter).Where(static parameter => parameter.SequenceNumber > 0)
            .ToDictionary(static parameter => parameter.SequenceNumber - 1);
        return
        [
            .. types.Select((parameterType, index) => named.TryGetValue(index, out var parameter)
                ? (MemberOf(_metadata.GetString(parameter.Name), parameterType), MayLack(constructor, parameter, parameterType))
                : ((RecordMember?)null, true)),
        ];
    }

    private RecordMember? MemberOf(string parameter, StoredType parameterType) => Members.FirstOrDefault(
        member => string.Equals(member.Name, parameter, StringComparison.OrdinalIgnoreCase) && member.Type.Name == parameterType.Name);

    private bool MayLack(MethodDefinitionHandle constructor, Parameter parameter, StoredType parameterType)
        => (parameter.Attributes & (ParameterAttributes.HasDefault | ParameterAttributes.Optional)) != 0
            || parameterType.Definition == TypeForm.Nullable
            || (!parameterType.IsValueType && !IsNeverNull(constructor, parameter));

    private bool IsNeverNull(MethodDefinitionHandle constructor, Parameter parameter)
        => Markers.IsNeverNull(_metadata, parameter.GetCustomAttributes(), constructor, type.Found.Handle);

    private bool IsConstructor(MethodDefinitionHandle handle)
        => _metadata.StringComparer.Equals(_metadata.GetMethodDefinition(handle).Name, ".ctor");

    private bool IsPublic(MethodDefinitionHandle handle)
        => (_metadata.GetMethodDefinition(handle).Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public;
}
