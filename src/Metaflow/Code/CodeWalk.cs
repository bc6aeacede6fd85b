using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Code;

/// <summary>Walks over all code that one step can reach, and hashes it in the order in which it is reached.</summary>
/// <remarks>Numbers of tokens and names that the compiler makes change with unrelated code: members are hashed by their names, those of
/// the compiler by their order. A type that is used counts with all its members, since the runtime and serializers may call them; of flow
/// classes, and of the classes that hold lambdas, only what is called (and of the flow what .NET and packages may call: see
/// <see cref="CalledBack"/>).</remarks>
internal sealed partial class CodeWalk(AuthorAssemblies assemblies, IReadOnlyDictionary<string, string> stepsByMethod)
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<MethodKey> _methods = [];
    private readonly HashSet<TypeKey> _types = [];
    private readonly Queue<Action> _pending = new();
    private readonly Dictionary<object, int> _numbers = [];
    private readonly Dictionary<AuthorAssembly, TypeTexts> _typeTexts = [];
    private readonly SortedSet<string> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<TypeKey, bool> _flows = [];
    private readonly Dictionary<TypeKey, List<TypeKey>> _derived = [];
    private readonly HashSet<TypeKey> _ownFlow = [];
    private readonly HashSet<AuthorAssembly> _entered = [];
    private bool _isProvable = true;

    /// <summary>Gets where the flow's services come from.</summary>
    public FlowServicesCode Services { get; init; } = new(IsKnown: true, "", "");

    /// <summary>Gets the methods of the flow that code outside the author's assemblies can call (see
    /// <see cref="CalledBack"/>).</summary>
    public IReadOnlyList<MethodInfo> CalledBack { get; init; } = [];

    /// <summary>Returns the identity where it cannot be proved what a step reaches.</summary>
    /// <param name="assemblies">The assemblies.</param>
    /// <returns>The hash of the author's assemblies, and of the packages that they refer to.</returns>
    public static string Whole(AuthorAssemblies assemblies)
    {
        assemblies.OpenAll();
        var own = assemblies.Opened.OrderBy(static a => a.Name, StringComparer.Ordinal)
            .Select(static a => $"{a.Name}={a.ModuleVersion} {a.DescribeTranslations()}");
        return "assembly:" + Hash(string.Join(';', own) + "\n" + assemblies.DescribeAll());
    }

    /// <summary>Begins with a step.</summary>
    /// <param name="owner">The class that declares its method.</param>
    /// <param name="methodToken">The method.</param>
    /// <param name="flow">The full name of the flow's class.</param>
    /// <returns>Whether the method is there.</returns>
    public bool TryEnter(TypeKey owner, int methodToken, string flow)
    {
        if (MetadataTokens.EntityHandle(methodToken) is not { Kind: HandleKind.MethodDefinition } handle)
        {
            return false;
        }

        var method = new MethodKey(owner.Assembly, (MethodDefinitionHandle)handle);
        Write("runtime", Environment.Version.ToString(2));
        for (var type = assemblies.Flow.Find(flow); type is { } current; type = BaseOf(current))
        {
            _ownFlow.Add(current);
            WriteAttributes(current.Assembly, current.Definition.GetCustomAttributes());
        }

        Reach(method);
        ReachStart();
        ReachCalledBack(CalledBack);
        foreach (var own in _ownFlow.Where(own => !IsFlow(own)))
        {
            // Its base is a package's, which may call whatever it has.
            Use(own);
        }

        return true;
    }

    /// <summary>Begins with a class whose code runs beside a step's.</summary>
    /// <param name="assembly">The simple name of its assembly.</param>
    /// <param name="type">Its full name.</param>
    public void Enter(string assembly, string type)
        => Write("class", assemblies.Find(assembly)?.Find(type) is { } own ? Use(own) : External((assembly, type)));

    /// <summary>Walks to the end.</summary>
    /// <returns>The identity.</returns>
    public string Finish()
    {
        while (_isProvable && _pending.TryDequeue(out var next))
        {
            next();
        }

        if (!_isProvable)
        {
            return Whole(assemblies);
        }

        Write("packages", assemblies.Describe(_packages));
        return "code:" + Hash(_text.ToString());
    }

    /// <summary>Notes that a type is used.</summary>
    /// <param name="type">A type of the author's.</param>
    /// <returns>Its text.</returns>
    public string Use(TypeKey type)
    {
        if (_types.Add(type))
        {
            _pending.Enqueue(() => WriteType(type));
        }

        return TextOf(type);
    }

    /// <summary>Notes that a type of a package or of the runtime is used.</summary>
    /// <param name="type">Its assembly and name.</param>
    /// <returns>Its text.</returns>
    public string External((string Assembly, string FullName) type)
    {
        _packages.Add(type.Assembly);
        return type.FullName;
    }

    /// <summary>Finds the author's type that is referred to.</summary>
    /// <param name="from">The assembly that refers to it.</param>
    /// <param name="handle">The reference.</param>
    /// <returns>The type; <see langword="null"/> when it is not the author's.</returns>
    public TypeKey? Resolve(AuthorAssembly from, TypeReferenceHandle handle)
    {
        var (assembly, name) = from.NameOf(handle);
        return (assembly.Length == 0 ? from : assemblies.Find(assembly))?.Find(name);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Bytes(text)));

    // As they are: an encoding makes one character of all halves of surrogate pairs that stand alone.
    private static ReadOnlySpan<byte> Bytes(string text) => MemoryMarshal.AsBytes(text.AsSpan());

    private void Write(string kind, string value) => _text.Append(kind).Append(' ').Append(value).Append('\n');

    private TypeTexts Types(AuthorAssembly assembly)
    {
        if (!_typeTexts.TryGetValue(assembly, out var texts))
        {
            texts = new TypeTexts(this, assembly);
            _typeTexts.Add(assembly, texts);
        }

        return texts;
    }

    private string TextOf(TypeKey type) => type.IsNamedByCompiler ? Number(type) : type.FullName;

    private string TextOf(MethodKey method)
    {
        var name = method.Name.Contains('<', StringComparison.Ordinal) ? Number(method) : method.Name;
        return $"{TextOf(method.Type)}::{name} {TypeTexts.Of(method.Definition.DecodeSignature(Types(method.Assembly), null))}";
    }

    /// <summary>Names a member of the compiler's by when it was reached first.</summary>
    private string Number(object member)
    {
        if (!_numbers.TryGetValue(member, out var number))
        {
            number = _numbers.Count;
            _numbers.Add(member, number);
        }

        return "#" + number.ToString(CultureInfo.InvariantCulture);
    }

    private void Reach(MethodKey method)
    {
        if (_methods.Add(method))
        {
            _pending.Enqueue(() => WriteMethod(method));
        }
    }

    private void WriteType(TypeKey type)
    {
        EnterAssembly(type.Assembly);
        var reader = type.Assembly.Reader;
        var definition = type.Definition;
        Write("type", $"{TextOf(type)} {definition.Attributes}");
        if (BaseOf(type) is { } parent)
        {
            Use(parent);
        }
        else if (!definition.BaseType.IsNil)
        {
            Write("base", TextOfType(type.Assembly, definition.BaseType));
        }

        if (CountsByCallsOnly(type))
        {
            return;
        }

        WriteAttributes(type.Assembly, definition.GetCustomAttributes());
        var layout = definition.GetLayout();
        Write("layout", string.Create(CultureInfo.InvariantCulture, $"{layout.PackingSize} {layout.Size}"));
        foreach (var handle in definition.GetInterfaceImplementations())
        {
            Write("interface", TextOfType(type.Assembly, reader.GetInterfaceImplementation(handle).Interface));
        }

        foreach (var handle in definition.GetFields())
        {
            WriteField(type, reader.GetFieldDefinition(handle));
        }

        foreach (var handle in definition.GetProperties())
        {
            var property = reader.GetPropertyDefinition(handle);
            Write("property", $"{reader.GetString(property.Name)} {NullabilityOf(type, property.GetCustomAttributes())}");
            WriteAttributes(type.Assembly, property.GetCustomAttributes());
        }

        foreach (var method in definition.GetMethods())
        {
            Reach(new MethodKey(type.Assembly, method));
        }
    }

    private void WriteField(TypeKey type, FieldDefinition field)
    {
        var assembly = type.Assembly;
        Write("field", string.Create(CultureInfo.InvariantCulture,
            $"{assembly.Reader.GetString(field.Name)} {field.DecodeSignature(Types(assembly), null)} "
                + $"{NullabilityOf(type, field.GetCustomAttributes())} {TextOfConstant(assembly, field.GetDefaultValue())} "
            + $"{field.Attributes} {field.GetOffset()} {TextOfBlob(assembly, field.GetMarshallingDescriptor())}"));
        WriteAttributes(assembly, field.GetCustomAttributes());
    }

    private string TextOfConstructor(AuthorAssembly assembly, EntityHandle constructor) => constructor.Kind switch
    {
        HandleKind.MemberReference => TextOfType(assembly, assembly.Reader.GetMemberReference((MemberReferenceHandle)constructor).Parent),
        _ => Use(new MethodKey(assembly, (MethodDefinitionHandle)constructor).Type),
    };

    private string TextOfType(AuthorAssembly assembly, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => Use(new TypeKey(assembly, (TypeDefinitionHandle)handle)),
        HandleKind.TypeReference => Types(assembly).GetTypeFromReference(assembly.Reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeSpecification => Types(assembly).GetTypeFromSpecification(assembly.Reader, null, (TypeSpecificationHandle)handle, 0),
        _ => handle.Kind.ToString(),
    };

    private bool CountsByCallsOnly(TypeKey type) => type.HoldsLambdas || type.HoldsData || IsFlow(type);

    private bool IsFlow(TypeKey type)
    {
        if (!_flows.TryGetValue(type, out var isFlow))
        {
            var parent = type.Definition.BaseType;
            isFlow = BaseOf(type) is { } known
                ? IsFlow(known)
                : parent.Kind == HandleKind.TypeReference
                    && type.Assembly.NameOf((TypeReferenceHandle)parent).FullName == "Metaflow.FlowSpec";
            _flows[type] = isFlow;
        }

        return isFlow;
    }

    /// <summary>Returns the base where it is the author's.</summary>
    private TypeKey? BaseOf(TypeKey type) => DefinitionOf(type.Assembly, type.Definition.BaseType);

    /// <summary>Finds the author's type behind a token, whatever its type arguments.</summary>
    private TypeKey? DefinitionOf(AuthorAssembly assembly, EntityHandle handle)
    {
        switch (handle)
        {
            case { IsNil: true }:
                return null;
            case { Kind: HandleKind.TypeDefinition }:
                return new TypeKey(assembly, (TypeDefinitionHandle)handle);
            case { Kind: HandleKind.TypeReference }:
                return Resolve(assembly, (TypeReferenceHandle)handle);
            case { Kind: HandleKind.TypeSpecification }:
                var signature = assembly.Reader
                    .GetBlobReader(assembly.Reader.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                {
                    return null;
                }

                signature.ReadCompressedInteger();
                return DefinitionOf(assembly, signature.ReadTypeHandle());
            default:
                return null;
        }
    }
}
